==== broken
#include <stdio.h>

int main(void) {
    int sum = 0;
    for (int i = 0; i < 4; i++) {
        sum + = i;
    }
    printf("%d\n", sum);
    return 0;
}
==== mended
#include <stdio.h>

int main(void) {
    int sum = 0;
    for (int i = 0; i < 4; i++) {
        sum += i;
    }
    printf("%d\n", sum);
    return 0;
}
==== step
{
 "stage": "compile",
 "check": "[{\"children\":null,\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":15,\"column\":15,\"display-column\":15,\"file\":\"main.c\",\"line\":6}}],\"message\":\"expected expression before ‘=’ token\"}]",
 "rule": "c/operator"
}
