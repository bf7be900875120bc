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
    if total > 2 {
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
 "check": "[{\"children\":null,\"fixits\":[{\"next\":{\"byte-column\":8,\"column\":8,\"display-column\":8,\"file\":\"main.c\",\"line\":16},\"start\":{\"byte-column\":8,\"column\":8,\"display-column\":8,\"file\":\"main.c\",\"line\":16},\"string\":\"(\"}],\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":8,\"column\":8,\"display-column\":8,\"file\":\"main.c\",\"line\":16}},{\"caret\":{\"byte-column\":8,\"column\":8,\"display-column\":8,\"file\":\"main.c\",\"line\":16},\"finish\":{\"byte-column\":12,\"column\":12,\"display-column\":12,\"file\":\"main.c\",\"line\":16}}],\"message\":\"expected ‘(’ before ‘total’\"}]",
 "rule": "c/condition"
}
