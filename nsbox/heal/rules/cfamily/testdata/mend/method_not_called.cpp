==== broken
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
    std::cout << name << " " << sum(values) << " " << counter.value << std::endl;
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
 "check": "[{\"children\":null,\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":52,\"column\":52,\"display-column\":52,\"file\":\"main.cpp\",\"line\":29},\"finish\":{\"byte-column\":67,\"column\":67,\"display-column\":67,\"file\":\"main.cpp\",\"line\":29},\"start\":{\"byte-column\":5,\"column\":5,\"display-column\":5,\"file\":\"main.cpp\",\"line\":29}}],\"message\":\"invalid use of non-static member function ‘int Counter::value() const’\"},{\"children\":null,\"kind\":\"note\",\"locations\":[{\"caret\":{\"byte-column\":9,\"column\":9,\"display-column\":9,\"file\":\"main.cpp\",\"line\":9},\"finish\":{\"byte-column\":13,\"column\":13,\"display-column\":13,\"file\":\"main.cpp\",\"line\":9}}],\"message\":\"declared here\"}]",
 "rule": "cpp/call"
}
