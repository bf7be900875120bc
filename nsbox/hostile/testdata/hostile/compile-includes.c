// nsbox:class: compile
// nsbox:expect: any-of verdict=compile_error verdict=oom verdict=wall_timeout verdict=cpu_timeout verdict=output_limit
// nsbox:why: Two includes of oneself make two hundred levels of doubling: the compile stage has a deadline.
#include __FILE__
#include __FILE__
int main(void) { return 0; }
