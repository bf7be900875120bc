==== broken
#include <stdio.h>

int main(void) {
    int age = 30;
    printf("age %s\n", age);
    return 0;
}
==== mended
#include <stdio.h>

int main(void) {
    int age = 30;
    printf("age %d\n", age);
    return 0;
}
==== step
{
 "stage": "run",
 "signal": "SIGSEGV",
 "check": "[{\"children\":null,\"fixits\":[{\"next\":{\"byte-column\":19,\"column\":19,\"display-column\":19,\"file\":\"main.c\",\"line\":5},\"start\":{\"byte-column\":17,\"column\":17,\"display-column\":17,\"file\":\"main.c\",\"line\":5},\"string\":\"%d\"}],\"kind\":\"warning\",\"locations\":[{\"caret\":{\"byte-column\":18,\"column\":18,\"display-column\":18,\"file\":\"main.c\",\"line\":5},\"label\":\"char *\",\"start\":{\"byte-column\":17,\"column\":17,\"display-column\":17,\"file\":\"main.c\",\"line\":5}},{\"caret\":{\"byte-column\":24,\"column\":24,\"display-column\":24,\"file\":\"main.c\",\"line\":5},\"finish\":{\"byte-column\":26,\"column\":26,\"display-column\":26,\"file\":\"main.c\",\"line\":5},\"label\":\"int\"}],\"message\":\"format ‘%s’ expects argument of type ‘char *’, but argument 2 has type ‘int’\",\"option\":\"-Wformat=\",\"option_url\":\"https://gcc.gnu.org/onlinedocs/gcc/Warning-Options.html#index-Wformat=\"}]",
 "rule": "c/format"
}
