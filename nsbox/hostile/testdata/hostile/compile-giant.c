// nsbox:class: compile
// nsbox:expect: any-of verdict=compile_error verdict=oom verdict=wall_timeout verdict=cpu_timeout verdict=disk_full
// nsbox:why: An initialised array of eight gigabytes becomes an output file, which the disk limit stops.
char a[1UL << 33] = {1};
int main(void) { return a[5]; }
