==== broken
#include <iostream>
#include <string>
#include <vector>

int main() {
    std::string word = "banana";
    int n = 0;
    for (char c : word) {
        if (c == "a") {
            n++;
        }
    }
    std::cout << n << "\n";
}
==== mended
#include <iostream>
#include <string>
#include <vector>

int main() {
    std::string word = "banana";
    int n = 0;
    for (char c : word) {
        if (c == 'a') {
            n++;
        }
    }
    std::cout << n << "\n";
}
==== step
{
 "stage": "compile",
 "check": "[{\"children\":null,\"kind\":\"warning\",\"locations\":[{\"caret\":{\"byte-column\":15,\"column\":15,\"display-column\":15,\"file\":\"main.cpp\",\"line\":9},\"finish\":{\"byte-column\":20,\"column\":20,\"display-column\":20,\"file\":\"main.cpp\",\"line\":9},\"start\":{\"byte-column\":13,\"column\":13,\"display-column\":13,\"file\":\"main.cpp\",\"line\":9}}],\"message\":\"comparison with string literal results in unspecified behavior\",\"option\":\"-Waddress\",\"option_url\":\"https://gcc.gnu.org/onlinedocs/gcc/Warning-Options.html#index-Waddress\"},{\"children\":null,\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":15,\"column\":15,\"display-column\":15,\"file\":\"main.cpp\",\"line\":9},\"finish\":{\"byte-column\":20,\"column\":20,\"display-column\":20,\"file\":\"main.cpp\",\"line\":9},\"start\":{\"byte-column\":13,\"column\":13,\"display-column\":13,\"file\":\"main.cpp\",\"line\":9}}],\"message\":\"ISO C++ forbids comparison between pointer and integer\",\"option\":\"-fpermissive\",\"option_url\":\"https://gcc.gnu.org/onlinedocs/gcc/Warning-Options.html#index-fpermissive\"}]",
 "rule": "cpp/char"
}
