==== broken
#include <iostream>
#include <string>
#include <vector>

class Point {
public:
    int getX() const { return x; }

private:
    int x = 3;
};

int main() {
    Point p;
    std::cout << p.x << "\n";
}
==== mended
#include <iostream>
#include <string>
#include <vector>

class Point {
public:
    int getX() const { return x; }

private:
    int x = 3;
};

int main() {
    Point p;
    std::cout << p.getX() << "\n";
}
==== step
{
 "stage": "compile",
 "check": "[{\"children\":null,\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":20,\"column\":20,\"display-column\":20,\"file\":\"main.cpp\",\"line\":15}}],\"message\":\"‘int Point::x’ is private within this context\"},{\"children\":null,\"kind\":\"note\",\"locations\":[{\"caret\":{\"byte-column\":9,\"column\":9,\"display-column\":9,\"file\":\"main.cpp\",\"line\":10}}],\"message\":\"declared private here\"},{\"children\":null,\"fixits\":[{\"next\":{\"byte-column\":21,\"column\":21,\"display-column\":21,\"file\":\"main.cpp\",\"line\":15},\"start\":{\"byte-column\":20,\"column\":20,\"display-column\":20,\"file\":\"main.cpp\",\"line\":15},\"string\":\"getX()\"}],\"kind\":\"note\",\"locations\":[{\"caret\":{\"byte-column\":20,\"column\":20,\"display-column\":20,\"file\":\"main.cpp\",\"line\":15}}],\"message\":\"field ‘int Point::x’ can be accessed via ‘int Point::getX() const’\"}]",
 "rule": "cpp/accessor"
}
