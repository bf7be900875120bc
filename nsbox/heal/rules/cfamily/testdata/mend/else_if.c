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
    } esle {
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
 "check": "[{\"children\":[{\"escape-source\":false,\"kind\":\"note\",\"locations\":[{\"caret\":{\"byte-column\":7,\"column\":7,\"display-column\":7,\"file\":\"main.c\",\"line\":18},\"finish\":{\"byte-column\":10,\"column\":10,\"display-column\":10,\"file\":\"main.c\",\"line\":18}}],\"message\":\"each undeclared identifier is reported only once for each function it appears in\"}],\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":7,\"column\":7,\"display-column\":7,\"file\":\"main.c\",\"line\":18},\"finish\":{\"byte-column\":10,\"column\":10,\"display-column\":10,\"file\":\"main.c\",\"line\":18}}],\"message\":\"‘esle’ undeclared (first use in this function)\"},{\"children\":null,\"fixits\":[{\"next\":{\"byte-column\":11,\"column\":11,\"display-column\":11,\"file\":\"main.c\",\"line\":18},\"start\":{\"byte-column\":11,\"column\":11,\"display-column\":11,\"file\":\"main.c\",\"line\":18},\"string\":\";\"}],\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":11,\"column\":11,\"display-column\":11,\"file\":\"main.c\",\"line\":18}},{\"caret\":{\"byte-column\":12,\"column\":12,\"display-column\":12,\"file\":\"main.c\",\"line\":18}}],\"message\":\"expected ‘;’ before ‘{’ token\"}]",
 "rule": "c/name"
}
