==== broken
#include <iostream>
#include <string>
#include <vector>

int main() {
    std::string text = "a" + "b";
    std::cout << text << "\n";
}
==== mended
#include <iostream>
#include <string>
#include <vector>

int main() {
    std::string text = std::string("a") + "b";
    std::cout << text << "\n";
}
==== step
{
 "stage": "compile",
 "check": "[{\"children\":null,\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":28,\"column\":28,\"display-column\":28,\"file\":\"main.cpp\",\"line\":6}},{\"caret\":{\"byte-column\":24,\"column\":24,\"display-column\":24,\"file\":\"main.cpp\",\"line\":6},\"finish\":{\"byte-column\":26,\"column\":26,\"display-column\":26,\"file\":\"main.cpp\",\"line\":6},\"label\":\"const char [2]\"},{\"caret\":{\"byte-column\":30,\"column\":30,\"display-column\":30,\"file\":\"main.cpp\",\"line\":6},\"finish\":{\"byte-column\":32,\"column\":32,\"display-column\":32,\"file\":\"main.cpp\",\"line\":6},\"label\":\"const char [2]\"}],\"message\":\"invalid operands of types ‘const char [2]’ and ‘const char [2]’ to binary ‘operator+’\"}]",
 "rule": "cpp/wrap"
}
