==== broken
#include <stdio.h>

int main(void) {
    const int total = 0;
    for (int i = 1; i <= 4; i++) {
        total += i;
    }
    printf("%d\n", total);
    return 0;
}
==== mended
#include <stdio.h>

int main(void) {
    int total = 0;
    for (int i = 1; i <= 4; i++) {
        total += i;
    }
    printf("%d\n", total);
    return 0;
}
==== step
{
 "stage": "compile",
 "check": "[{\"children\":null,\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":15,\"column\":15,\"display-column\":15,\"file\":\"main.c\",\"line\":6},\"finish\":{\"byte-column\":16,\"column\":16,\"display-column\":16,\"file\":\"main.c\",\"line\":6}}],\"message\":\"assignment of read-only variable ‘total’\"}]",
 "rule": "c/not-const"
}
