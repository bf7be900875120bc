==== broken
#include <iostream>
#include <string>
#include <vector>

struct Animal {
    virtual ~Animal() = default;
    virtual std::string speak() const = 0;
};

struct Cat : Animal {
    std::string speek() const { return "meow"; }
};

int main() {
    Cat cat;
    const Animal& animal = cat;
    std::cout << animal.speak() << "\n";
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
    std::string speak() const { return "meow"; }
};

int main() {
    Cat cat;
    const Animal& animal = cat;
    std::cout << animal.speak() << "\n";
}
==== step
{
 "stage": "compile",
 "check": "[{\"children\":[{\"escape-source\":false,\"kind\":\"note\",\"locations\":[{\"caret\":{\"byte-column\":8,\"column\":8,\"display-column\":8,\"file\":\"main.cpp\",\"line\":10},\"finish\":{\"byte-column\":10,\"column\":10,\"display-column\":10,\"file\":\"main.cpp\",\"line\":10}}],\"message\":\"  because the following virtual functions are pure within ‘Cat’:\"},{\"escape-source\":false,\"kind\":\"note\",\"locations\":[{\"caret\":{\"byte-column\":25,\"column\":25,\"display-column\":25,\"file\":\"main.cpp\",\"line\":7},\"finish\":{\"byte-column\":29,\"column\":29,\"display-column\":29,\"file\":\"main.cpp\",\"line\":7}}],\"message\":\"    ‘virtual std::string Animal::speak() const’\"}],\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":9,\"column\":9,\"display-column\":9,\"file\":\"main.cpp\",\"line\":15},\"finish\":{\"byte-column\":11,\"column\":11,\"display-column\":11,\"file\":\"main.cpp\",\"line\":15}}],\"message\":\"cannot declare variable ‘cat’ to be of abstract type ‘Cat’\"}]",
 "rule": "cpp/name"
}
