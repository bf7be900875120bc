==== broken
#include <iostream>
#include <string>
#include <vector>

class Point {
    int x = 3;
    int y = 4;
};

int main() {
    Point p;
    std::cout << p.x + p.y << "\n";
}
==== mended
#include <iostream>
#include <string>
#include <vector>

class Point {
public:
    int x = 3;
    int y = 4;
};

int main() {
    Point p;
    std::cout << p.x + p.y << "\n";
}
==== step
{
 "stage": "compile",
 "check": "[{\"children\":null,\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":20,\"column\":20,\"display-column\":20,\"file\":\"main.cpp\",\"line\":12}}],\"message\":\"‘int Point::x’ is private within this context\"},{\"children\":null,\"kind\":\"note\",\"locations\":[{\"caret\":{\"byte-column\":9,\"column\":9,\"display-column\":9,\"file\":\"main.cpp\",\"line\":6}}],\"message\":\"declared private here\"},{\"children\":null,\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":26,\"column\":26,\"display-column\":26,\"file\":\"main.cpp\",\"line\":12}}],\"message\":\"‘int Point::y’ is private within this context\"},{\"children\":null,\"kind\":\"note\",\"locations\":[{\"caret\":{\"byte-column\":9,\"column\":9,\"display-column\":9,\"file\":\"main.cpp\",\"line\":7}}],\"message\":\"declared private here\"}]",
 "rule": "cpp/public"
}
