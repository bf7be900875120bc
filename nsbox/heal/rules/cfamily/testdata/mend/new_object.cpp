==== broken
#include <iostream>
#include <string>
#include <vector>

struct Dog {
    int age;
    explicit Dog(int a) : age(a) {}
};

int main() {
    Dog rex = new Dog(3);
    std::cout << rex.age << "\n";
}
==== mended
#include <iostream>
#include <string>
#include <vector>

struct Dog {
    int age;
    explicit Dog(int a) : age(a) {}
};

int main() {
    Dog rex = Dog(3);
    std::cout << rex.age << "\n";
}
==== step
{
 "stage": "compile",
 "check": "[{\"children\":null,\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":15,\"column\":15,\"display-column\":15,\"file\":\"main.cpp\",\"line\":11},\"finish\":{\"byte-column\":24,\"column\":24,\"display-column\":24,\"file\":\"main.cpp\",\"line\":11}}],\"message\":\"conversion from ‘Dog*’ to non-scalar type ‘Dog’ requested\"}]",
 "rule": "cpp/new"
}
