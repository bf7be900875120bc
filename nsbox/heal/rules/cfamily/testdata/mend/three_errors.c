==== broken
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
    int total = ad(p.x, q.y);
    if (total > 2) {
        prinft("total %d\n", total);
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
 "check": "[{\"children\":null,\"fixits\":[{\"next\":{\"byte-column\":19,\"column\":19,\"display-column\":19,\"file\":\"main.c\",\"line\":15},\"start\":{\"byte-column\":17,\"column\":17,\"display-column\":17,\"file\":\"main.c\",\"line\":15},\"string\":\"add\"}],\"kind\":\"warning\",\"locations\":[{\"caret\":{\"byte-column\":17,\"column\":17,\"display-column\":17,\"file\":\"main.c\",\"line\":15},\"finish\":{\"byte-column\":18,\"column\":18,\"display-column\":18,\"file\":\"main.c\",\"line\":15}}],\"message\":\"implicit declaration of function ‘ad’; did you mean ‘add’?\",\"option\":\"-Wimplicit-function-declaration\",\"option_url\":\"https://gcc.gnu.org/onlinedocs/gcc/Warning-Options.html#index-Wimplicit-function-declaration\"},{\"children\":null,\"fixits\":[{\"next\":{\"byte-column\":27,\"column\":27,\"display-column\":27,\"file\":\"main.c\",\"line\":15},\"start\":{\"byte-column\":26,\"column\":26,\"display-column\":26,\"file\":\"main.c\",\"line\":15},\"string\":\"-\u003e\"}],\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":26,\"column\":26,\"display-column\":26,\"file\":\"main.c\",\"line\":15}}],\"message\":\"‘q’ is a pointer; did you mean to use ‘-\u003e’?\"},{\"children\":null,\"fixits\":[{\"next\":{\"byte-column\":15,\"column\":15,\"display-column\":15,\"file\":\"main.c\",\"line\":17},\"start\":{\"byte-column\":9,\"column\":9,\"display-column\":9,\"file\":\"main.c\",\"line\":17},\"string\":\"printf\"}],\"kind\":\"warning\",\"locations\":[{\"caret\":{\"byte-column\":9,\"column\":9,\"display-column\":9,\"file\":\"main.c\",\"line\":17},\"finish\":{\"byte-column\":14,\"column\":14,\"display-column\":14,\"file\":\"main.c\",\"line\":17}}],\"message\":\"implicit declaration of function ‘prinft’; did you mean ‘printf’?\",\"option\":\"-Wimplicit-function-declaration\",\"option_url\":\"https://gcc.gnu.org/onlinedocs/gcc/Warning-Options.html#index-Wimplicit-function-declaration\"}]",
 "rule": "c/arrow"
}
