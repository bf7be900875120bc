==== broken
#include <iostream>
#include <map>
#include <string>

int main() {
    std::map<std::string, int> ages = {{"Ada", 36}};
    auto it = ages.find("Ada");
    std::cout << it.first << " " << it.second << "\n";
}
==== mended
#include <iostream>
#include <map>
#include <string>

int main() {
    std::map<std::string, int> ages = {{"Ada", 36}};
    auto it = ages.find("Ada");
    std::cout << it->first << " " << it->second << "\n";
}
==== step
{
 "stage": "compile",
 "check": "[{\"children\":null,\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":21,\"column\":21,\"display-column\":21,\"file\":\"main.cpp\",\"line\":8},\"finish\":{\"byte-column\":25,\"column\":25,\"display-column\":25,\"file\":\"main.cpp\",\"line\":8}}],\"message\":\"‘struct std::_Rb_tree_iterator\u003cstd::pair\u003cconst std::__cxx11::basic_string\u003cchar\u003e, int\u003e \u003e’ has no member named ‘first’\"},{\"children\":null,\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":40,\"column\":40,\"display-column\":40,\"file\":\"main.cpp\",\"line\":8},\"finish\":{\"byte-column\":45,\"column\":45,\"display-column\":45,\"file\":\"main.cpp\",\"line\":8}}],\"message\":\"‘struct std::_Rb_tree_iterator\u003cstd::pair\u003cconst std::__cxx11::basic_string\u003cchar\u003e, int\u003e \u003e’ has no member named ‘second’\"}]",
 "rule": "cpp/arrow"
}
