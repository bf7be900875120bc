==== broken
#include <iostream>
#include <string>

int main() {
    std::stringstream out;
    out << 4 << " apples";
    std::cout << out.str() << "\n";
}
==== mended
#include <iostream>
#include <string>
#include <sstream>

int main() {
    std::stringstream out;
    out << 4 << " apples";
    std::cout << out.str() << "\n";
}
==== step
{
 "stage": "compile",
 "check": "[{\"children\":null,\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":23,\"column\":23,\"display-column\":23,\"file\":\"main.cpp\",\"line\":5},\"finish\":{\"byte-column\":25,\"column\":25,\"display-column\":25,\"file\":\"main.cpp\",\"line\":5}}],\"message\":\"aggregate ‘std::stringstream out’ has incomplete type and cannot be defined\"}]",
 "rule": "cpp/include"
}
