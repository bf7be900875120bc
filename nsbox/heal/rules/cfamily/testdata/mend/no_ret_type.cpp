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

sum(const std::vector<int>& values) {
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
 "check": "[{\"children\":null,\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":1,\"column\":1,\"display-column\":1,\"file\":\"main.cpp\",\"line\":15},\"finish\":{\"byte-column\":3,\"column\":3,\"display-column\":3,\"file\":\"main.cpp\",\"line\":15}}],\"message\":\"ISO C++ forbids declaration of ‘sum’ with no type\",\"option\":\"-fpermissive\",\"option_url\":\"https://gcc.gnu.org/onlinedocs/gcc/Warning-Options.html#index-fpermissive\"}]",
 "rule": "cpp/return-type"
}
