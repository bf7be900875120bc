==== broken
#inlcude <stdio.h>

struct point {
    int x;
    int y;
};

int add(int a, int b) {
    return a + b;
}

int main(void) {
    struct point p = {1, 2};
    struct point *q = &p;
    int total = add(p.x, q->y);
    if (total > 2) {
        printf("total %d\n", total);
    } else {
        printf("small\n");
    }
    for (int i = 0; i < 3; i++) {
        printf("%d,", i);
    }
    printf("\n");
    return 0;
}
==== mended
#include <stdio.h>

struct point {
    int x;
    int y;
};

int add(int a, int b) {
    return a + b;
}

int main(void) {
    struct point p = {1, 2};
    struct point *q = &p;
    int total = add(p.x, q->y);
    if (total > 2) {
        printf("total %d\n", total);
    } else {
        printf("small\n");
    }
    for (int i = 0; i < 3; i++) {
        printf("%d,", i);
    }
    printf("\n");
    return 0;
}
==== step
{
 "stage": "compile",
 "check": "[{\"children\":null,\"fixits\":[{\"next\":{\"byte-column\":9,\"column\":9,\"display-column\":9,\"file\":\"main.c\",\"line\":1},\"start\":{\"byte-column\":2,\"column\":2,\"display-column\":2,\"file\":\"main.c\",\"line\":1},\"string\":\"include\"}],\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":2,\"column\":2,\"display-column\":2,\"file\":\"main.c\",\"line\":1},\"finish\":{\"byte-column\":8,\"column\":8,\"display-column\":8,\"file\":\"main.c\",\"line\":1}}],\"message\":\"invalid preprocessing directive #inlcude; did you mean #include?\"},{\"children\":[{\"escape-source\":false,\"fixits\":[{\"next\":{\"byte-column\":1,\"column\":1,\"display-column\":1,\"file\":\"main.c\",\"line\":1},\"start\":{\"byte-column\":1,\"column\":1,\"display-column\":1,\"file\":\"main.c\",\"line\":1},\"string\":\"#include \u003cstdio.h\u003e\\n\"}],\"kind\":\"note\",\"locations\":[{\"caret\":{\"byte-column\":1,\"column\":1,\"display-column\":1,\"file\":\"main.c\",\"line\":1}}],\"message\":\"include ‘\u003cstdio.h\u003e’ or provide a declaration of ‘printf’\"}],\"kind\":\"warning\",\"locations\":[{\"caret\":{\"byte-column\":9,\"column\":9,\"display-column\":9,\"file\":\"main.c\",\"line\":17},\"finish\":{\"byte-column\":14,\"column\":14,\"display-column\":14,\"file\":\"main.c\",\"line\":17}}],\"message\":\"implicit declaration of function ‘printf’\",\"option\":\"-Wimplicit-function-declaration\",\"option_url\":\"https://gcc.gnu.org/onlinedocs/gcc/Warning-Options.html#index-Wimplicit-function-declaration\"},{\"children\":null,\"kind\":\"warning\",\"locations\":[{\"caret\":{\"byte-column\":9,\"column\":9,\"display-column\":9,\"file\":\"main.c\",\"line\":17},\"finish\":{\"byte-column\":14,\"column\":14,\"display-column\":14,\"file\":\"main.c\",\"line\":17}}],\"message\":\"incompatible implicit declaration of built-in function ‘printf’\",\"option\":\"-Wbuiltin-declaration-mismatch\",\"option_url\":\"https://gcc.gnu.org/onlinedocs/gcc/Warning-Options.html#index-Wbuiltin-declaration-mismatch\"},{\"children\":null,\"kind\":\"note\",\"locations\":[{\"caret\":{\"byte-column\":9,\"column\":9,\"display-column\":9,\"file\":\"main.c\",\"line\":17},\"finish\":{\"byte-column\":14,\"column\":14,\"display-column\":14,\"file\":\"main.c\",\"line\":17}}],\"message\":\"include ‘\u003cstdio.h\u003e’ or provide a declaration of ‘printf’\"},{\"children\":null,\"kind\":\"warning\",\"locations\":[{\"caret\":{\"byte-column\":9,\"column\":9,\"display-column\":9,\"file\":\"main.c\",\"line\":19},\"finish\":{\"byte-column\":14,\"column\":14,\"display-column\":14,\"file\":\"main.c\",\"line\":19}}],\"message\":\"incompatible implicit declaration of built-in function ‘printf’\",\"option\":\"-Wbuiltin-declaration-mismatch\",\"option_url\":\"https://gcc.gnu.org/onlinedocs/gcc/Warning-Options.html#index-Wbuiltin-declaration-mismatch\"},{\"children\":null,\"kind\":\"note\",\"locations\":[{\"caret\":{\"byte-column\":9,\"column\":9,\"display-column\":9,\"file\":\"main.c\",\"line\":19},\"finish\":{\"byte-column\":14,\"column\":14,\"display-column\":14,\"file\":\"main.c\",\"line\":19}}],\"message\":\"include ‘\u003cstdio.h\u003e’ or provide a declaration of ‘printf’\"},{\"children\":null,\"kind\":\"warning\",\"locations\":[{\"caret\":{\"byte-column\":9,\"column\":9,\"display-column\":9,\"file\":\"main.c\",\"line\":22},\"finish\":{\"byte-column\":14,\"column\":14,\"display-column\":14,\"file\":\"main.c\",\"line\":22}}],\"message\":\"incompatible implicit declaration of built-in function ‘printf’\",\"option\":\"-Wbuiltin-declaration-mismatch\",\"option_url\":\"https://gcc.gnu.org/onlinedocs/gcc/Warning-Options.html#index-Wbuiltin-declaration-mismatch\"},{\"children\":null,\"kind\":\"note\",\"locations\":[{\"caret\":{\"byte-column\":9,\"column\":9,\"display-column\":9,\"file\":\"main.c\",\"line\":22},\"finish\":{\"byte-column\":14,\"column\":14,\"display-column\":14,\"file\":\"main.c\",\"line\":22}}],\"message\":\"include ‘\u003cstdio.h\u003e’ or provide a declaration of ‘printf’\"},{\"children\":null,\"kind\":\"warning\",\"locations\":[{\"caret\":{\"byte-column\":5,\"column\":5,\"display-column\":5,\"file\":\"main.c\",\"line\":24},\"finish\":{\"byte-column\":10,\"column\":10,\"display-column\":10,\"file\":\"main.c\",\"line\":24}}],\"message\":\"incompatible implicit declaration of built-in function ‘printf’\",\"option\":\"-Wbuiltin-declaration-mismatch\",\"option_url\":\"https://gcc.gnu.org/onlinedocs/gcc/Warning-Options.html#index-Wbuiltin-declaration-mismatch\"},{\"children\":null,\"kind\":\"note\",\"locations\":[{\"caret\":{\"byte-column\":5,\"column\":5,\"display-column\":5,\"file\":\"main.c\",\"line\":24},\"finish\":{\"byte-column\":10,\"column\":10,\"display-column\":10,\"file\":\"main.c\",\"line\":24}}],\"message\":\"include ‘\u003cstdio.h\u003e’ or provide a declaration of ‘printf’\"}]",
 "rule": "c/directive"
}
