==== broken
#include <iostream>
#include <string>
#include <vector>

struct Animal {
    virtual ~Animal() = default;
    virtual std::string speak() const = 0;
};

struct Cat : Animal {
    std::string speak() override { return "meow"; }
};

int main() {
    Cat cat;
    std::cout << cat.speak() << "\n";
}
==== mended
#include <iostream>
#include <string>
#include <vector>

struct Animal {
    virtual ~Animal() = default;
    virtual std::string speak() const = 0;
};

struct Cat : Animal {
    std::string speak() const override { return "meow"; }
};

int main() {
    Cat cat;
    std::cout << cat.speak() << "\n";
}
==== step
{
 "stage": "compile",
 "check": "[{\"children\":null,\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":17,\"column\":17,\"display-column\":17,\"file\":\"main.cpp\",\"line\":11},\"finish\":{\"byte-column\":21,\"column\":21,\"display-column\":21,\"file\":\"main.cpp\",\"line\":11}}],\"message\":\"‘std::string Cat::speak()’ marked ‘override’, but does not override\"},{\"children\":[{\"escape-source\":false,\"kind\":\"note\",\"locations\":[{\"caret\":{\"byte-column\":8,\"column\":8,\"display-column\":8,\"file\":\"main.cpp\",\"line\":10},\"finish\":{\"byte-column\":10,\"column\":10,\"display-column\":10,\"file\":\"main.cpp\",\"line\":10}}],\"message\":\"  because the following virtual functions are pure within ‘Cat’:\"},{\"escape-source\":false,\"kind\":\"note\",\"locations\":[{\"caret\":{\"byte-column\":25,\"column\":25,\"display-column\":25,\"file\":\"main.cpp\",\"line\":7},\"finish\":{\"byte-column\":29,\"column\":29,\"display-column\":29,\"file\":\"main.cpp\",\"line\":7}}],\"message\":\"    ‘virtual std::string Animal::speak() const’\"}],\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":9,\"column\":9,\"display-column\":9,\"file\":\"main.cpp\",\"line\":15},\"finish\":{\"byte-column\":11,\"column\":11,\"display-column\":11,\"file\":\"main.cpp\",\"line\":15}}],\"message\":\"cannot declare variable ‘cat’ to be of abstract type ‘Cat’\"}]",
 "rule": "cpp/const-method"
}
