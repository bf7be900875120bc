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
    std::cout << name << " " << sum(values) << " " << counter.value() << endl;
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
 "check": "[{\"children\":null,\"fixits\":[{\"next\":{\"byte-column\":78,\"column\":78,\"display-column\":78,\"file\":\"main.cpp\",\"line\":29},\"start\":{\"byte-column\":74,\"column\":74,\"display-column\":74,\"file\":\"main.cpp\",\"line\":29},\"string\":\"std::endl\"}],\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":74,\"column\":74,\"display-column\":74,\"file\":\"main.cpp\",\"line\":29},\"finish\":{\"byte-column\":77,\"column\":77,\"display-column\":77,\"file\":\"main.cpp\",\"line\":29}}],\"message\":\"‘endl’ was not declared in this scope; did you mean ‘std::endl’?\"}]",
 "rule": "cpp/std"
}
