==== broken
#include <stdio.h>

int main(void) {
    int total = 1;
    printf("%d\n", total);
    int total = 2;
    printf("%d\n", total);
    return 0;
}
==== mended
#include <stdio.h>

int main(void) {
    int total = 1;
    printf("%d\n", total);
    total = 2;
    printf("%d\n", total);
    return 0;
}
==== step
{
 "stage": "compile",
 "check": "[{\"children\":[{\"escape-source\":false,\"kind\":\"note\",\"locations\":[{\"caret\":{\"byte-column\":9,\"column\":9,\"display-column\":9,\"file\":\"main.c\",\"line\":4},\"finish\":{\"byte-column\":13,\"column\":13,\"display-column\":13,\"file\":\"main.c\",\"line\":4}}],\"message\":\"previous definition of ‘total’ with type ‘int’\"}],\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":9,\"column\":9,\"display-column\":9,\"file\":\"main.c\",\"line\":6},\"finish\":{\"byte-column\":13,\"column\":13,\"display-column\":13,\"file\":\"main.c\",\"line\":6}}],\"message\":\"redefinition of ‘total’\"}]",
 "rule": "c/redeclared"
}
