==== broken
#include <iostream>
#include <string>
#include <vector>

class Counter {
publik:
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
 "check": "[{\"children\":null,\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":1,\"column\":1,\"display-column\":1,\"file\":\"main.cpp\",\"line\":6},\"finish\":{\"byte-column\":6,\"column\":6,\"display-column\":6,\"file\":\"main.cpp\",\"line\":6}}],\"message\":\"‘publik’ does not name a type\"},{\"children\":[{\"escape-source\":false,\"kind\":\"note\",\"locations\":[{\"caret\":{\"byte-column\":7,\"column\":7,\"display-column\":7,\"file\":\"main.cpp\",\"line\":5},\"finish\":{\"byte-column\":13,\"column\":13,\"display-column\":13,\"file\":\"main.cpp\",\"line\":5}}],\"message\":\"candidate: ‘constexpr Counter::Counter()’\"},{\"escape-source\":false,\"kind\":\"note\",\"locations\":[{\"caret\":{\"byte-column\":7,\"column\":7,\"display-column\":7,\"file\":\"main.cpp\",\"line\":5},\"finish\":{\"byte-column\":13,\"column\":13,\"display-column\":13,\"file\":\"main.cpp\",\"line\":5}}],\"message\":\"  candidate expects 0 arguments, 1 provided\"},{\"escape-source\":false,\"kind\":\"note\",\"locations\":[{\"caret\":{\"byte-column\":7,\"column\":7,\"display-column\":7,\"file\":\"main.cpp\",\"line\":5},\"finish\":{\"byte-column\":13,\"column\":13,\"display-column\":13,\"file\":\"main.cpp\",\"line\":5}}],\"message\":\"candidate: ‘constexpr Counter::Counter(const Counter\u0026)’\"},{\"escape-source\":false,\"kind\":\"note\",\"locations\":[{\"caret\":{\"byte-column\":7,\"column\":7,\"display-column\":7,\"file\":\"main.cpp\",\"line\":5},\"finish\":{\"byte-column\":13,\"column\":13,\"display-column\":13,\"file\":\"main.cpp\",\"line\":5}}],\"message\":\"  no known conversion for argument 1 from ‘int’ to ‘const Counter\u0026’\"},{\"escape-source\":false,\"kind\":\"note\",\"locations\":[{\"caret\":{\"byte-column\":7,\"column\":7,\"display-column\":7,\"file\":\"main.cpp\",\"line\":5},\"finish\":{\"byte-column\":13,\"column\":13,\"display-column\":13,\"file\":\"main.cpp\",\"line\":5}}],\"message\":\"candidate: ‘constexpr Counter::Counter(Counter\u0026\u0026)’\"},{\"escape-source\":false,\"kind\":\"note\",\"locations\":[{\"caret\":{\"byte-column\":7,\"column\":7,\"display-column\":7,\"file\":\"main.cpp\",\"line\":5},\"finish\":{\"byte-column\":13,\"column\":13,\"display-column\":13,\"file\":\"main.cpp\",\"line\":5}}],\"message\":\"  no known conversion for argument 1 from ‘int’ to ‘Counter\u0026\u0026’\"}],\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":22,\"column\":22,\"display-column\":22,\"file\":\"main.cpp\",\"line\":24}}],\"message\":\"no matching function for call to ‘Counter::Counter(int)’\"},{\"children\":null,\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":16,\"column\":16,\"display-column\":16,\"file\":\"main.cpp\",\"line\":25},\"finish\":{\"byte-column\":18,\"column\":18,\"display-column\":18,\"file\":\"main.cpp\",\"line\":25},\"start\":{\"byte-column\":5,\"column\":5,\"display-column\":5,\"file\":\"main.cpp\",\"line\":25}}],\"message\":\"‘void Counter::add(int)’ is private within this context\"},{\"children\":null,\"kind\":\"note\",\"locations\":[{\"caret\":{\"byte-column\":10,\"column\":10,\"display-column\":10,\"file\":\"main.cpp\",\"line\":8},\"finish\":{\"byte-column\":12,\"column\":12,\"display-column\":12,\"file\":\"main.cpp\",\"line\":8}}],\"message\":\"declared private here\"},{\"children\":null,\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":68,\"column\":68,\"display-column\":68,\"file\":\"main.cpp\",\"line\":29},\"finish\":{\"byte-column\":69,\"column\":69,\"display-column\":69,\"file\":\"main.cpp\",\"line\":29},\"start\":{\"byte-column\":55,\"column\":55,\"display-column\":55,\"file\":\"main.cpp\",\"line\":29}}],\"message\":\"‘int Counter::value() const’ is private within this context\"},{\"children\":null,\"kind\":\"note\",\"locations\":[{\"caret\":{\"byte-column\":9,\"column\":9,\"display-column\":9,\"file\":\"main.cpp\",\"line\":9},\"finish\":{\"byte-column\":13,\"column\":13,\"display-column\":13,\"file\":\"main.cpp\",\"line\":9}}],\"message\":\"declared private here\"}]",
 "rule": "cpp/name"
}
