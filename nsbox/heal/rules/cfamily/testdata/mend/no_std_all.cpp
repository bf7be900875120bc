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
    vector<int> values = {1, 2, 3};
    values.push_back(4);
    string name = "sum";
    cout << name << " " << sum(values) << " " << counter.value() << endl;
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
 "check": "[{\"children\":[{\"escape-source\":false,\"kind\":\"note\",\"locations\":[{\"caret\":{\"byte-column\":5,\"column\":5,\"display-column\":5,\"file\":\"main.cpp\",\"line\":26},\"finish\":{\"byte-column\":10,\"column\":10,\"display-column\":10,\"file\":\"main.cpp\",\"line\":26}}],\"message\":\"suggested alternatives:\"}],\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":5,\"column\":5,\"display-column\":5,\"file\":\"main.cpp\",\"line\":26},\"finish\":{\"byte-column\":10,\"column\":10,\"display-column\":10,\"file\":\"main.cpp\",\"line\":26}}],\"message\":\"‘vector’ was not declared in this scope\"},{\"children\":null,\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":12,\"column\":12,\"display-column\":12,\"file\":\"main.cpp\",\"line\":26},\"finish\":{\"byte-column\":14,\"column\":14,\"display-column\":14,\"file\":\"main.cpp\",\"line\":26}}],\"message\":\"expected primary-expression before ‘int’\"},{\"children\":null,\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":5,\"column\":5,\"display-column\":5,\"file\":\"main.cpp\",\"line\":27},\"finish\":{\"byte-column\":10,\"column\":10,\"display-column\":10,\"file\":\"main.cpp\",\"line\":27}}],\"message\":\"‘values’ was not declared in this scope\"},{\"children\":[{\"escape-source\":false,\"kind\":\"note\",\"locations\":[{\"caret\":{\"byte-column\":5,\"column\":5,\"display-column\":5,\"file\":\"main.cpp\",\"line\":28},\"finish\":{\"byte-column\":10,\"column\":10,\"display-column\":10,\"file\":\"main.cpp\",\"line\":28}}],\"message\":\"suggested alternatives:\"}],\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":5,\"column\":5,\"display-column\":5,\"file\":\"main.cpp\",\"line\":28},\"finish\":{\"byte-column\":10,\"column\":10,\"display-column\":10,\"file\":\"main.cpp\",\"line\":28}}],\"message\":\"‘string’ was not declared in this scope\"},{\"children\":null,\"fixits\":[{\"next\":{\"byte-column\":9,\"column\":9,\"display-column\":9,\"file\":\"main.cpp\",\"line\":29},\"start\":{\"byte-column\":5,\"column\":5,\"display-column\":5,\"file\":\"main.cpp\",\"line\":29},\"string\":\"std::cout\"}],\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":5,\"column\":5,\"display-column\":5,\"file\":\"main.cpp\",\"line\":29},\"finish\":{\"byte-column\":8,\"column\":8,\"display-column\":8,\"file\":\"main.cpp\",\"line\":29}}],\"message\":\"‘cout’ was not declared in this scope; did you mean ‘std::cout’?\"},{\"children\":null,\"fixits\":[{\"next\":{\"byte-column\":17,\"column\":17,\"display-column\":17,\"file\":\"main.cpp\",\"line\":29},\"start\":{\"byte-column\":13,\"column\":13,\"display-column\":13,\"file\":\"main.cpp\",\"line\":29},\"string\":\"tzname\"}],\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":13,\"column\":13,\"display-column\":13,\"file\":\"main.cpp\",\"line\":29},\"finish\":{\"byte-column\":16,\"column\":16,\"display-column\":16,\"file\":\"main.cpp\",\"line\":29}}],\"message\":\"‘name’ was not declared in this scope; did you mean ‘tzname’?\"},{\"children\":null,\"fixits\":[{\"next\":{\"byte-column\":73,\"column\":73,\"display-column\":73,\"file\":\"main.cpp\",\"line\":29},\"start\":{\"byte-column\":69,\"column\":69,\"display-column\":69,\"file\":\"main.cpp\",\"line\":29},\"string\":\"std::endl\"}],\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":69,\"column\":69,\"display-column\":69,\"file\":\"main.cpp\",\"line\":29},\"finish\":{\"byte-column\":72,\"column\":72,\"display-column\":72,\"file\":\"main.cpp\",\"line\":29}}],\"message\":\"‘endl’ was not declared in this scope; did you mean ‘std::endl’?\"}]",
 "rule": "cpp/std"
}
