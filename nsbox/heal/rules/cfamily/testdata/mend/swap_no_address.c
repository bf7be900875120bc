==== broken
#include <stdio.h>

static void swap(int *a, int *b) {
    int t = *a;
    *a = *b;
    *b = t;
}

int main(void) {
    int x = 1, y = 2;
    swap(x, y);
    printf("%d %d\n", x, y);
    return 0;
}
==== mended
#include <stdio.h>

static void swap(int *a, int *b) {
    int t = *a;
    *a = *b;
    *b = t;
}

int main(void) {
    int x = 1, y = 2;
    swap(&x, &y);
    printf("%d %d\n", x, y);
    return 0;
}
==== step
{
 "stage": "run",
 "signal": "SIGSEGV",
 "check": "[{\"children\":[{\"escape-source\":false,\"kind\":\"note\",\"locations\":[{\"caret\":{\"byte-column\":23,\"column\":23,\"display-column\":23,\"file\":\"main.c\",\"line\":3},\"start\":{\"byte-column\":18,\"column\":18,\"display-column\":18,\"file\":\"main.c\",\"line\":3}}],\"message\":\"expected ‘int *’ but argument is of type ‘int’\"}],\"kind\":\"warning\",\"locations\":[{\"caret\":{\"byte-column\":10,\"column\":10,\"display-column\":10,\"file\":\"main.c\",\"line\":11},\"label\":\"int\"}],\"message\":\"passing argument 1 of ‘swap’ makes pointer from integer without a cast\",\"option\":\"-Wint-conversion\",\"option_url\":\"https://gcc.gnu.org/onlinedocs/gcc/Warning-Options.html#index-Wint-conversion\"},{\"children\":[{\"escape-source\":false,\"kind\":\"note\",\"locations\":[{\"caret\":{\"byte-column\":31,\"column\":31,\"display-column\":31,\"file\":\"main.c\",\"line\":3},\"start\":{\"byte-column\":26,\"column\":26,\"display-column\":26,\"file\":\"main.c\",\"line\":3}}],\"message\":\"expected ‘int *’ but argument is of type ‘int’\"}],\"kind\":\"warning\",\"locations\":[{\"caret\":{\"byte-column\":13,\"column\":13,\"display-column\":13,\"file\":\"main.c\",\"line\":11},\"label\":\"int\"}],\"message\":\"passing argument 2 of ‘swap’ makes pointer from integer without a cast\",\"option\":\"-Wint-conversion\",\"option_url\":\"https://gcc.gnu.org/onlinedocs/gcc/Warning-Options.html#index-Wint-conversion\"}]",
 "rule": "c/address"
}
