==== broken
#include <stdio.h>

int half(int n);

double half(int n) {
    return n / 2.0;
}

int main(void) {
    printf("%.1f\n", half(3));
    return 0;
}
==== mended
#include <stdio.h>

double half(int n);

double half(int n) {
    return n / 2.0;
}

int main(void) {
    printf("%.1f\n", half(3));
    return 0;
}
==== step
{
 "stage": "compile",
 "check": "[{\"children\":[{\"escape-source\":false,\"kind\":\"note\",\"locations\":[{\"caret\":{\"byte-column\":5,\"column\":5,\"display-column\":5,\"file\":\"main.c\",\"line\":3},\"finish\":{\"byte-column\":8,\"column\":8,\"display-column\":8,\"file\":\"main.c\",\"line\":3}}],\"message\":\"previous declaration of ‘half’ with type ‘int(int)’\"}],\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":8,\"column\":8,\"display-column\":8,\"file\":\"main.c\",\"line\":5},\"finish\":{\"byte-column\":11,\"column\":11,\"display-column\":11,\"file\":\"main.c\",\"line\":5}}],\"message\":\"conflicting types for ‘half’; have ‘double(int)’\"}]",
 "rule": "c/prototype"
}
