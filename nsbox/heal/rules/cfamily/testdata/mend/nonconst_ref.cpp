==== broken
#include <iostream>
#include <string>
#include <vector>

static size_t measure(std::string& text) { return text.size(); }

int main() {
    std::cout << measure("hello") << "\n";
}
==== mended
#include <iostream>
#include <string>
#include <vector>

static size_t measure(const std::string& text) { return text.size(); }

int main() {
    std::cout << measure("hello") << "\n";
}
==== step
{
 "stage": "compile",
 "check": "[{\"children\":[{\"escape-source\":false,\"kind\":\"note\",\"locations\":[{\"caret\":{\"byte-column\":36,\"column\":36,\"display-column\":36,\"file\":\"main.cpp\",\"line\":5},\"finish\":{\"byte-column\":39,\"column\":39,\"display-column\":39,\"file\":\"main.cpp\",\"line\":5},\"start\":{\"byte-column\":23,\"column\":23,\"display-column\":23,\"file\":\"main.cpp\",\"line\":5}}],\"message\":\"  initializing argument 1 of ‘size_t measure(std::string\u0026)’\"}],\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":26,\"column\":26,\"display-column\":26,\"file\":\"main.cpp\",\"line\":8},\"finish\":{\"byte-column\":32,\"column\":32,\"display-column\":32,\"file\":\"main.cpp\",\"line\":8}}],\"message\":\"cannot bind non-const lvalue reference of type ‘std::string\u0026’ {aka ‘std::__cxx11::basic_string\u003cchar\u003e\u0026’} to an rvalue of type ‘std::string’ {aka ‘std::__cxx11::basic_string\u003cchar\u003e’}\"}]",
 "rule": "cpp/const-parameter"
}
