==== broken
#include <iostream>
#include <string>
#include <vector>

class Stack {
public:
    void push(int v);
    int top() const;

private:
    std::vector<int> items;
};

void push(int v) { items.push_back(v); }
int Stack::top() const { return items.back(); }

int main() {
    Stack s;
    s.push(4);
    std::cout << s.top() << "\n";
}
==== mended
#include <iostream>
#include <string>
#include <vector>

class Stack {
public:
    void push(int v);
    int top() const;

private:
    std::vector<int> items;
};

void Stack::push(int v) { items.push_back(v); }
int Stack::top() const { return items.back(); }

int main() {
    Stack s;
    s.push(4);
    std::cout << s.top() << "\n";
}
==== step
{
 "stage": "compile",
 "check": "[{\"children\":null,\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":20,\"column\":20,\"display-column\":20,\"file\":\"main.cpp\",\"line\":14},\"finish\":{\"byte-column\":24,\"column\":24,\"display-column\":24,\"file\":\"main.cpp\",\"line\":14}}],\"message\":\"‘items’ was not declared in this scope\"}]",
 "rule": "cpp/scope"
}
