==== broken
#include <iostream>
#include <string>
#include <vector>

int main() {
    std::vector<int> values = {1, 2, 3};
    std::cout << values.at(7) << std::endl;
}
==== nothing
==== step
{
 "stage": "run",
 "signal": "SIGABRT",
 "check": "[]",
 "stderr": "terminate called after throwing an instance of 'std::out_of_range'\n  what():  vector::_M_range_check: __n (which is 7) \u003e= this-\u003esize() (which is 3)\n"
}
