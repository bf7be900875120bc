==== broken
#include <stdio.h>

int main(void) {
    int n = 6;
    if (n % 2 = 0) {
        printf("even\n");
    }
    return 0;
}
==== mended
#include <stdio.h>

int main(void) {
    int n = 6;
    if (n % 2 == 0) {
        printf("even\n");
    }
    return 0;
}
==== step
{
 "stage": "compile",
 "check": "[{\"children\":null,\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":15,\"column\":15,\"display-column\":15,\"file\":\"main.c\",\"line\":5}}],\"message\":\"lvalue required as left operand of assignment\"}]",
 "rule": "c/equality"
}
