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
    String name = "sum";
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
 "check": "[{\"children\":null,\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":5,\"column\":5,\"display-column\":5,\"file\":\"main.cpp\",\"line\":28},\"finish\":{\"byte-column\":10,\"column\":10,\"display-column\":10,\"file\":\"main.cpp\",\"line\":28}}],\"message\":\"‘String’ was not declared in this scope\"},{\"children\":null,\"fixits\":[{\"next\":{\"byte-column\":22,\"column\":22,\"display-column\":22,\"file\":\"main.cpp\",\"line\":29},\"start\":{\"byte-column\":18,\"column\":18,\"display-column\":18,\"file\":\"main.cpp\",\"line\":29},\"string\":\"tzname\"}],\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":18,\"column\":18,\"display-column\":18,\"file\":\"main.cpp\",\"line\":29},\"finish\":{\"byte-column\":21,\"column\":21,\"display-column\":21,\"file\":\"main.cpp\",\"line\":29}}],\"message\":\"‘name’ was not declared in this scope; did you mean ‘tzname’?\"}]",
 "rule": "cpp/foreign-word"
}
