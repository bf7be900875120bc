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
    int total = add(p.x, q->y);
    if (total > 2) {
        printf("total %d\n", total);
    } else {
        printf("small\n");
    }
    for (int i = 0; i < 3; i++)
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
 "check": "[{\"children\":null,\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":12,\"column\":12,\"display-column\":12,\"file\":\"main.c\",\"line\":24},\"finish\":{\"byte-column\":15,\"column\":15,\"display-column\":15,\"file\":\"main.c\",\"line\":24}}],\"message\":\"expected declaration specifiers or ‘...’ before string constant\"},{\"children\":null,\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":5,\"column\":5,\"display-column\":5,\"file\":\"main.c\",\"line\":25},\"finish\":{\"byte-column\":10,\"column\":10,\"display-column\":10,\"file\":\"main.c\",\"line\":25}}],\"message\":\"expected identifier or ‘(’ before ‘return’\"},{\"children\":null,\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":1,\"column\":1,\"display-column\":1,\"file\":\"main.c\",\"line\":26}}],\"message\":\"expected identifier or ‘(’ before ‘}’ token\"}]",
 "rule": "c/brace"
}
