==== broken
#include <stdio.h>

struct point {
    int width;
    int y;
};

int add(int a, int b) {
    return a + b;
}

int main(void) {
    struct point p = {1, 2};
    struct point *q = &p;
    int total = add(p.widht, q->y);
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
    int width;
    int y;
};

int add(int a, int b) {
    return a + b;
}

int main(void) {
    struct point p = {1, 2};
    struct point *q = &p;
    int total = add(p.width, q->y);
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
 "check": "[{\"children\":null,\"fixits\":[{\"next\":{\"byte-column\":28,\"column\":28,\"display-column\":28,\"file\":\"main.c\",\"line\":15},\"start\":{\"byte-column\":23,\"column\":23,\"display-column\":23,\"file\":\"main.c\",\"line\":15},\"string\":\"width\"}],\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":23,\"column\":23,\"display-column\":23,\"file\":\"main.c\",\"line\":15},\"finish\":{\"byte-column\":27,\"column\":27,\"display-column\":27,\"file\":\"main.c\",\"line\":15}}],\"message\":\"‘struct point’ has no member named ‘widht’; did you mean ‘width’?\"}]",
 "rule": "c/member"
}
