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
        printf(“small\n”);
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
 "check": "[{\"children\":null,\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":16,\"column\":16,\"display-column\":16,\"file\":\"main.c\",\"line\":19},\"finish\":{\"byte-column\":18,\"column\":16,\"display-column\":16,\"file\":\"main.c\",\"line\":19}}],\"message\":\"stray ‘\\\\342’ in program\"},{\"children\":null,\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":24,\"column\":22,\"display-column\":22,\"file\":\"main.c\",\"line\":19}}],\"message\":\"stray ‘\\\\’ in program\"},{\"children\":[{\"escape-source\":false,\"kind\":\"note\",\"locations\":[{\"caret\":{\"byte-column\":19,\"column\":17,\"display-column\":17,\"file\":\"main.c\",\"line\":19},\"finish\":{\"byte-column\":23,\"column\":21,\"display-column\":21,\"file\":\"main.c\",\"line\":19}}],\"message\":\"each undeclared identifier is reported only once for each function it appears in\"}],\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":19,\"column\":17,\"display-column\":17,\"file\":\"main.c\",\"line\":19},\"finish\":{\"byte-column\":23,\"column\":21,\"display-column\":21,\"file\":\"main.c\",\"line\":19}}],\"message\":\"‘small’ undeclared (first use in this function)\"},{\"children\":null,\"fixits\":[{\"next\":{\"byte-column\":24,\"column\":22,\"display-column\":22,\"file\":\"main.c\",\"line\":19},\"start\":{\"byte-column\":24,\"column\":22,\"display-column\":22,\"file\":\"main.c\",\"line\":19},\"string\":\")\"}],\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":24,\"column\":22,\"display-column\":22,\"file\":\"main.c\",\"line\":19}},{\"caret\":{\"byte-column\":25,\"column\":23,\"display-column\":23,\"file\":\"main.c\",\"line\":19}},{\"caret\":{\"byte-column\":15,\"column\":15,\"display-column\":15,\"file\":\"main.c\",\"line\":19}}],\"message\":\"expected ‘)’ before ‘n’\"},{\"children\":null,\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":26,\"column\":24,\"display-column\":24,\"file\":\"main.c\",\"line\":19},\"finish\":{\"byte-column\":28,\"column\":24,\"display-column\":24,\"file\":\"main.c\",\"line\":19}}],\"message\":\"stray ‘\\\\342’ in program\"}]",
 "rule": "c/foreign-character"
}
