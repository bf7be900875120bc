==== broken
#include <stdio.h>

int main(void) {
    for (int i = 0; i =< 2; i++) {
        printf("%d\n", i);
    }
    return 0;
}
==== mended
#include <stdio.h>

int main(void) {
    for (int i = 0; i <= 2; i++) {
        printf("%d\n", i);
    }
    return 0;
}
==== step
{
 "stage": "compile",
 "check": "[{\"children\":null,\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":24,\"column\":24,\"display-column\":24,\"file\":\"main.c\",\"line\":4}}],\"message\":\"expected expression before ‘\u003c’ token\"}]",
 "rule": "c/operator"
}
