==== broken
#include <iostream>
#include <string>
#include <vector>

T twice(T x) {
    return x + x;
}

int main() {
    std::cout << twice(4) << twice(std::string("a")) << "\n";
}
==== mended
#include <iostream>
#include <string>
#include <vector>

template <typename T>
T twice(T x) {
    return x + x;
}

int main() {
    std::cout << twice(4) << twice(std::string("a")) << "\n";
}
==== step
{
 "stage": "compile",
 "check": "[{\"children\":null,\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":1,\"column\":1,\"display-column\":1,\"file\":\"main.cpp\",\"line\":5}}],\"message\":\"‘T’ does not name a type\"},{\"children\":null,\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":18,\"column\":18,\"display-column\":18,\"file\":\"main.cpp\",\"line\":10},\"finish\":{\"byte-column\":22,\"column\":22,\"display-column\":22,\"file\":\"main.cpp\",\"line\":10}}],\"message\":\"‘twice’ was not declared in this scope\"}]",
 "rule": "cpp/template"
}
