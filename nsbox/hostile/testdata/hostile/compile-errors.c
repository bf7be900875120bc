// nsbox:class: compile
// nsbox:expect: any-of verdict=compile_error verdict=output_limit
// nsbox:why: A compiler that complains a hundred thousand times floods its output: the limit holds there too.
#define A x y z;
#define B A A A A A A A A A A
#define C B B B B B B B B B B
#define D C C C C C C C C C C
#define E D D D D D D D D D D
E E
