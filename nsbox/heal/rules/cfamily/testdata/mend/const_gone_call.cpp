==== broken
#include <iostream>
#include <string>
#include <vector>

class Counter {
public:
    explicit Counter(int start) : value_(start) {}
    void add(int n) { value_ += n; }
    int value() { return value_; }

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

static int read(const Counter& c) { return c.value(); }

int main() {
    Counter counter(2);
    counter.add(3);
    std::vector<int> values = {1, 2, 3};
    values.push_back(4);
    std::string name = "sum";
    std::cout << name << " " << sum(values) << " " << read(counter) << std::endl;
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

static int read(const Counter& c) { return c.value(); }

int main() {
    Counter counter(2);
    counter.add(3);
    std::vector<int> values = {1, 2, 3};
    values.push_back(4);
    std::string name = "sum";
    std::cout << name << " " << sum(values) << " " << read(counter) << std::endl;
    return 0;
}
==== step
{
 "stage": "compile",
 "check": "[{\"children\":[{\"escape-source\":false,\"kind\":\"note\",\"locations\":[{\"caret\":{\"byte-column\":9,\"column\":9,\"display-column\":9,\"file\":\"main.cpp\",\"line\":9},\"finish\":{\"byte-column\":13,\"column\":13,\"display-column\":13,\"file\":\"main.cpp\",\"line\":9}}],\"message\":\"  in call to ‘int Counter::value()’\"}],\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":51,\"column\":51,\"display-column\":51,\"file\":\"main.cpp\",\"line\":23},\"finish\":{\"byte-column\":52,\"column\":52,\"display-column\":52,\"file\":\"main.cpp\",\"line\":23},\"start\":{\"byte-column\":44,\"column\":44,\"display-column\":44,\"file\":\"main.cpp\",\"line\":23}}],\"message\":\"passing ‘const Counter’ as ‘this’ argument discards qualifiers\",\"option\":\"-fpermissive\",\"option_url\":\"https://gcc.gnu.org/onlinedocs/gcc/Warning-Options.html#index-fpermissive\"}]",
 "rule": "cpp/const-method"
}
