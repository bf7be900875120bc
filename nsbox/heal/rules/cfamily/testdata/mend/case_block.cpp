==== broken
#include <iostream>
#include <string>
#include <vector>

int main() {
    int kind = 2;
    switch (kind) {
    case 1:
        int n = 5;
        std::cout << n << "\n";
        break;
    case 2:
        std::cout << "two\n";
        break;
    }
}
==== mended
#include <iostream>
#include <string>
#include <vector>

int main() {
    int kind = 2;
    switch (kind) {
    case 1: {
        int n = 5;
        std::cout << n << "\n";
        break;
    }
    case 2:
        std::cout << "two\n";
        break;
    }
}
==== step
{
 "stage": "compile",
 "check": "[{\"children\":null,\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":10,\"column\":10,\"display-column\":10,\"file\":\"main.cpp\",\"line\":12}}],\"message\":\"jump to case label\"},{\"children\":null,\"kind\":\"note\",\"locations\":[{\"caret\":{\"byte-column\":13,\"column\":13,\"display-column\":13,\"file\":\"main.cpp\",\"line\":9}}],\"message\":\"  crosses initialization of ‘int n’\"}]",
 "rule": "cpp/case-block"
}
