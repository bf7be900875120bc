==== broken
#include <iostream>
#include <string>
#include <vector>

int main() {
    std::string s = 'hello';
    std::cout << s << "\n";
}
==== mended
#include <iostream>
#include <string>
#include <vector>

int main() {
    std::string s = "hello";
    std::cout << s << "\n";
}
==== step
{
 "stage": "compile",
 "check": "[{\"children\":null,\"kind\":\"warning\",\"locations\":[{\"caret\":{\"byte-column\":21,\"column\":21,\"display-column\":21,\"file\":\"main.cpp\",\"line\":6},\"finish\":{\"byte-column\":27,\"column\":27,\"display-column\":27,\"file\":\"main.cpp\",\"line\":6}}],\"message\":\"character constant too long for its type\"},{\"children\":null,\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":21,\"column\":21,\"display-column\":21,\"file\":\"main.cpp\",\"line\":6},\"finish\":{\"byte-column\":27,\"column\":27,\"display-column\":27,\"file\":\"main.cpp\",\"line\":6}}],\"message\":\"conversion from ‘int’ to non-scalar type ‘std::string’ {aka ‘std::__cxx11::basic_string\u003cchar\u003e’} requested\"}]",
 "rule": "cpp/string"
}
