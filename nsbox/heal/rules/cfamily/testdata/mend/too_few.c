==== broken
#include <stdio.h>

int add(int a, int b) { return a + b; }

int main(void) {
    printf("%d\n", add(1));
    return 0;
}
==== nothing
==== step
{
 "stage": "compile",
 "check": "[{\"children\":null,\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":20,\"column\":20,\"display-column\":20,\"file\":\"main.c\",\"line\":6},\"finish\":{\"byte-column\":22,\"column\":22,\"display-column\":22,\"file\":\"main.c\",\"line\":6}}],\"message\":\"too few arguments to function ‘add’\"},{\"children\":null,\"kind\":\"note\",\"locations\":[{\"caret\":{\"byte-column\":5,\"column\":5,\"display-column\":5,\"file\":\"main.c\",\"line\":3},\"finish\":{\"byte-column\":7,\"column\":7,\"display-column\":7,\"file\":\"main.c\",\"line\":3}}],\"message\":\"declared here\"}]"
}
