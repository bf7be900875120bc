==== broken
#include <stdio.h>

int main(void) {
    printf("%.1f\n", half(3));
    return 0;
}

double half(int n) {
    return n / 2.0;
}
==== mended
#include <stdio.h>

double half(int n);

int main(void) {
    printf("%.1f\n", half(3));
    return 0;
}

double half(int n) {
    return n / 2.0;
}
==== step
{
 "stage": "compile",
 "check": "[{\"children\":null,\"kind\":\"warning\",\"locations\":[{\"caret\":{\"byte-column\":22,\"column\":22,\"display-column\":22,\"file\":\"main.c\",\"line\":4},\"finish\":{\"byte-column\":25,\"column\":25,\"display-column\":25,\"file\":\"main.c\",\"line\":4}}],\"message\":\"implicit declaration of function ‘half’\",\"option\":\"-Wimplicit-function-declaration\",\"option_url\":\"https://gcc.gnu.org/onlinedocs/gcc/Warning-Options.html#index-Wimplicit-function-declaration\"},{\"children\":null,\"fixits\":[{\"next\":{\"byte-column\":17,\"column\":17,\"display-column\":17,\"file\":\"main.c\",\"line\":4},\"start\":{\"byte-column\":13,\"column\":13,\"display-column\":13,\"file\":\"main.c\",\"line\":4},\"string\":\"%.1d\"}],\"kind\":\"warning\",\"locations\":[{\"caret\":{\"byte-column\":16,\"column\":16,\"display-column\":16,\"file\":\"main.c\",\"line\":4},\"label\":\"double\",\"start\":{\"byte-column\":13,\"column\":13,\"display-column\":13,\"file\":\"main.c\",\"line\":4}},{\"caret\":{\"byte-column\":22,\"column\":22,\"display-column\":22,\"file\":\"main.c\",\"line\":4},\"finish\":{\"byte-column\":28,\"column\":28,\"display-column\":28,\"file\":\"main.c\",\"line\":4},\"label\":\"int\"}],\"message\":\"format ‘%f’ expects argument of type ‘double’, but argument 2 has type ‘int’\",\"option\":\"-Wformat=\",\"option_url\":\"https://gcc.gnu.org/onlinedocs/gcc/Warning-Options.html#index-Wformat=\"},{\"children\":[{\"escape-source\":false,\"kind\":\"note\",\"locations\":[{\"caret\":{\"byte-column\":22,\"column\":22,\"display-column\":22,\"file\":\"main.c\",\"line\":4},\"finish\":{\"byte-column\":25,\"column\":25,\"display-column\":25,\"file\":\"main.c\",\"line\":4}}],\"message\":\"previous implicit declaration of ‘half’ with type ‘int()’\"}],\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":8,\"column\":8,\"display-column\":8,\"file\":\"main.c\",\"line\":8},\"finish\":{\"byte-column\":11,\"column\":11,\"display-column\":11,\"file\":\"main.c\",\"line\":8}}],\"message\":\"conflicting types for ‘half’; have ‘double(int)’\"}]",
 "rule": "c/prototype"
}
