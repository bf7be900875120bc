// nsbox:class: compile
// nsbox:expect: any-of verdict=compile_error verdict=oom verdict=wall_timeout verdict=cpu_timeout
// nsbox:why: An include without end takes the compiler's memory, which has a limit of its own.
#include "/dev/zero"
int main(void) { return 0; }
