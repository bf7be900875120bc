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
        printf(small\n");
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
 "check": "[{\"children\":null,\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":21,\"column\":21,\"display-column\":21,\"file\":\"main.c\",\"line\":19}}],\"message\":\"stray ‘\\\\’ in program\"},{\"children\":[{\"escape-source\":false,\"kind\":\"note\",\"locations\":[{\"caret\":{\"byte-column\":16,\"column\":16,\"display-column\":16,\"file\":\"main.c\",\"line\":19},\"finish\":{\"byte-column\":20,\"column\":20,\"display-column\":20,\"file\":\"main.c\",\"line\":19}}],\"message\":\"each undeclared identifier is reported only once for each function it appears in\"}],\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":16,\"column\":16,\"display-column\":16,\"file\":\"main.c\",\"line\":19},\"finish\":{\"byte-column\":20,\"column\":20,\"display-column\":20,\"file\":\"main.c\",\"line\":19}}],\"message\":\"‘small’ undeclared (first use in this function)\"},{\"children\":null,\"fixits\":[{\"next\":{\"byte-column\":21,\"column\":21,\"display-column\":21,\"file\":\"main.c\",\"line\":19},\"start\":{\"byte-column\":21,\"column\":21,\"display-column\":21,\"file\":\"main.c\",\"line\":19},\"string\":\")\"}],\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":21,\"column\":21,\"display-column\":21,\"file\":\"main.c\",\"line\":19}},{\"caret\":{\"byte-column\":22,\"column\":22,\"display-column\":22,\"file\":\"main.c\",\"line\":19}},{\"caret\":{\"byte-column\":15,\"column\":15,\"display-column\":15,\"file\":\"main.c\",\"line\":19}}],\"message\":\"expected ‘)’ before ‘n’\"},{\"children\":[{\"escape-source\":false,\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":23,\"column\":23,\"display-column\":23,\"file\":\"main.c\",\"line\":19},\"finish\":{\"byte-column\":25,\"column\":25,\"display-column\":25,\"file\":\"main.c\",\"line\":19}}],\"message\":\"missing terminating \\\" character\"}],\"kind\":\"warning\",\"locations\":[{\"caret\":{\"byte-column\":23,\"column\":23,\"display-column\":23,\"file\":\"main.c\",\"line\":19}}],\"message\":\"missing terminating \\\" character\"},{\"children\":null,\"fixits\":[{\"next\":{\"byte-column\":23,\"column\":23,\"display-column\":23,\"file\":\"main.c\",\"line\":19},\"start\":{\"byte-column\":23,\"column\":23,\"display-column\":23,\"file\":\"main.c\",\"line\":19},\"string\":\";\"}],\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":23,\"column\":23,\"display-column\":23,\"file\":\"main.c\",\"line\":19}},{\"caret\":{\"byte-column\":5,\"column\":5,\"display-column\":5,\"file\":\"main.c\",\"line\":20}}],\"message\":\"expected ‘;’ before ‘}’ token\"}]",
 "rule": "c/quote"
}
