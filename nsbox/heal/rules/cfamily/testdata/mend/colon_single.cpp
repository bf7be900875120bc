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
    std:cout << name << " " << sum(values) << " " << counter.value() << std::endl;
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
 "check": "[{\"children\":null,\"fixits\":[{\"next\":{\"byte-column\":13,\"column\":13,\"display-column\":13,\"file\":\"main.cpp\",\"line\":29},\"start\":{\"byte-column\":9,\"column\":9,\"display-column\":9,\"file\":\"main.cpp\",\"line\":29},\"string\":\"std::cout\"}],\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":9,\"column\":9,\"display-column\":9,\"file\":\"main.cpp\",\"line\":29},\"finish\":{\"byte-column\":12,\"column\":12,\"display-column\":12,\"file\":\"main.cpp\",\"line\":29}}],\"message\":\"‘cout’ was not declared in this scope; did you mean ‘std::cout’?\"}]",
 "rule": "cpp/std"
}
