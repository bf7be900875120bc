==== broken
#include <iostream>
#include <string>
#include <vector>

int main() {
    std::vector<int> values = {1, 2, 3};
    int total = 0;
    for (size_t i = 0; i <= values.size(); i++) {
        total += values.at(i);
    }
    std::cout << total << "\n";
}
==== mended
#include <iostream>
#include <string>
#include <vector>

int main() {
    std::vector<int> values = {1, 2, 3};
    int total = 0;
    for (size_t i = 0; i < values.size(); i++) {
        total += values.at(i);
    }
    std::cout << total << "\n";
}
==== step
{
 "stage": "run",
 "signal": "SIGABRT",
 "check": "[]",
 "stderr": "terminate called after throwing an instance of 'std::out_of_range'\n  what():  vector::_M_range_check: __n (which is 3) \u003e= this-\u003esize() (which is 3)\n",
 "rule": "cpp/off-by-one"
}
