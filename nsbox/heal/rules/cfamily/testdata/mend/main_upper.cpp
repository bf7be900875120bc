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

int Main() {
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
 "check": "[]",
 "stderr": "/usr/bin/ld: /usr/lib/gcc/x86_64-linux-gnu/12/../../../x86_64-linux-gnu/Scrt1.o: in function `_start':\n(.text+0x17): undefined reference to `main'\ncollect2: error: ld returned 1 exit status\n",
 "rule": "cpp/main"
}
