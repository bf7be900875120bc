==== broken
#include <iostream>
#include <string>
#include <vector>

class Counter {
public:
    explicit Conter(int start) : value_(start) {}
    void add(int n) { value_ += n; }
    int value() const { return value_; }

private:
    int value_;
};

int sum(const std::vector<int>& values) {
    int total = 0;
    for (int v : values) {
        total += v;
    }
    return total;
}

int main() {
    Counter counter(2);
    counter.add(3);
    std::vector<int> values = {1, 2, 3};
    values.push_back(4);
    std::string name = "sum";
    std::cout << name << " " << sum(values) << " " << counter.value() << std::endl;
    return 0;
}
==== mended
#include <iostream>
#include <string>
#include <vector>

class Counter {
public:
    explicit Counter(int start) : value_(start) {}
    void add(int n) { value_ += n; }
    int value() const { return value_; }

private:
    int value_;
};

int sum(const std::vector<int>& values) {
    int total = 0;
    for (int v : values) {
        total += v;
    }
    return total;
}

int main() {
    Counter counter(2);
    counter.add(3);
    std::vector<int> values = {1, 2, 3};
    values.push_back(4);
    std::string name = "sum";
    std::cout << name << " " << sum(values) << " " << counter.value() << std::endl;
    return 0;
}
==== step
{
 "stage": "compile",
 "check": "[{\"children\":null,\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":14,\"column\":14,\"display-column\":14,\"file\":\"main.cpp\",\"line\":7},\"finish\":{\"byte-column\":19,\"column\":19,\"display-column\":19,\"file\":\"main.cpp\",\"line\":7}}],\"message\":\"ISO C++ forbids declaration of ‘Conter’ with no type\",\"option\":\"-fpermissive\",\"option_url\":\"https://gcc.gnu.org/onlinedocs/gcc/Warning-Options.html#index-fpermissive\"},{\"children\":null,\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":5,\"column\":5,\"display-column\":5,\"file\":\"main.cpp\",\"line\":7},\"finish\":{\"byte-column\":12,\"column\":12,\"display-column\":12,\"file\":\"main.cpp\",\"line\":7}}],\"message\":\"only declarations of constructors and conversion operators can be ‘explicit’\"},{\"children\":null,\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":34,\"column\":34,\"display-column\":34,\"file\":\"main.cpp\",\"line\":7},\"finish\":{\"byte-column\":39,\"column\":39,\"display-column\":39,\"file\":\"main.cpp\",\"line\":7}}],\"message\":\"only constructors take member initializers\"},{\"children\":null,\"kind\":\"warning\",\"locations\":[{\"caret\":{\"byte-column\":49,\"column\":49,\"display-column\":49,\"file\":\"main.cpp\",\"line\":7}}],\"message\":\"no return statement in function returning non-void\",\"option\":\"-Wreturn-type\",\"option_url\":\"https://gcc.gnu.org/onlinedocs/gcc/Warning-Options.html#index-Wreturn-type\"},{\"children\":[{\"escape-source\":false,\"kind\":\"note\",\"locations\":[{\"caret\":{\"byte-column\":7,\"column\":7,\"display-column\":7,\"file\":\"main.cpp\",\"line\":5},\"finish\":{\"byte-column\":13,\"column\":13,\"display-column\":13,\"file\":\"main.cpp\",\"line\":5}}],\"message\":\"candidate: ‘constexpr Counter::Counter()’\"},{\"escape-source\":false,\"kind\":\"note\",\"locations\":[{\"caret\":{\"byte-column\":7,\"column\":7,\"display-column\":7,\"file\":\"main.cpp\",\"line\":5},\"finish\":{\"byte-column\":13,\"column\":13,\"display-column\":13,\"file\":\"main.cpp\",\"line\":5}}],\"message\":\"  candidate expects 0 arguments, 1 provided\"},{\"escape-source\":false,\"kind\":\"note\",\"locations\":[{\"caret\":{\"byte-column\":7,\"column\":7,\"display-column\":7,\"file\":\"main.cpp\",\"line\":5},\"finish\":{\"byte-column\":13,\"column\":13,\"display-column\":13,\"file\":\"main.cpp\",\"line\":5}}],\"message\":\"candidate: ‘constexpr Counter::Counter(const Counter\u0026)’\"},{\"escape-source\":false,\"kind\":\"note\",\"locations\":[{\"caret\":{\"byte-column\":7,\"column\":7,\"display-column\":7,\"file\":\"main.cpp\",\"line\":5},\"finish\":{\"byte-column\":13,\"column\":13,\"display-column\":13,\"file\":\"main.cpp\",\"line\":5}}],\"message\":\"  no known conversion for argument 1 from ‘int’ to ‘const Counter\u0026’\"},{\"escape-source\":false,\"kind\":\"note\",\"locations\":[{\"caret\":{\"byte-column\":7,\"column\":7,\"display-column\":7,\"file\":\"main.cpp\",\"line\":5},\"finish\":{\"byte-column\":13,\"column\":13,\"display-column\":13,\"file\":\"main.cpp\",\"line\":5}}],\"message\":\"candidate: ‘constexpr Counter::Counter(Counter\u0026\u0026)’\"},{\"escape-source\":false,\"kind\":\"note\",\"locations\":[{\"caret\":{\"byte-column\":7,\"column\":7,\"display-column\":7,\"file\":\"main.cpp\",\"line\":5},\"finish\":{\"byte-column\":13,\"column\":13,\"display-column\":13,\"file\":\"main.cpp\",\"line\":5}}],\"message\":\"  no known conversion for argument 1 from ‘int’ to ‘Counter\u0026\u0026’\"}],\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":22,\"column\":22,\"display-column\":22,\"file\":\"main.cpp\",\"line\":24}}],\"message\":\"no matching function for call to ‘Counter::Counter(int)’\"}]",
 "rule": "cpp/constructor"
}
