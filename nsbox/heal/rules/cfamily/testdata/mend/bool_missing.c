==== broken
#include <stdio.h>

static bool even(int n) {
    return n % 2 == 0;
}

int main(void) {
    printf("%s\n", even(4) ? "even" : "odd");
    return even(3) == true;
}
==== mended
#include <stdio.h>
#include <stdbool.h>

static bool even(int n) {
    return n % 2 == 0;
}

int main(void) {
    printf("%s\n", even(4) ? "even" : "odd");
    return even(3) == true;
}
==== step
{
 "stage": "compile",
 "check": "[{\"children\":null,\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":8,\"column\":8,\"display-column\":8,\"file\":\"main.c\",\"line\":3},\"finish\":{\"byte-column\":11,\"column\":11,\"display-column\":11,\"file\":\"main.c\",\"line\":3}}],\"message\":\"unknown type name ‘bool’\"},{\"children\":[{\"escape-source\":false,\"fixits\":[{\"next\":{\"byte-column\":1,\"column\":1,\"display-column\":1,\"file\":\"main.c\",\"line\":2},\"start\":{\"byte-column\":1,\"column\":1,\"display-column\":1,\"file\":\"main.c\",\"line\":2},\"string\":\"#include \u003cstdbool.h\u003e\\n\"}],\"kind\":\"note\",\"locations\":[{\"caret\":{\"byte-column\":1,\"column\":1,\"display-column\":1,\"file\":\"main.c\",\"line\":2}}],\"message\":\"‘true’ is defined in header ‘\u003cstdbool.h\u003e’; did you forget to ‘#include \u003cstdbool.h\u003e’?\"},{\"escape-source\":false,\"kind\":\"note\",\"locations\":[{\"caret\":{\"byte-column\":23,\"column\":23,\"display-column\":23,\"file\":\"main.c\",\"line\":9},\"finish\":{\"byte-column\":26,\"column\":26,\"display-column\":26,\"file\":\"main.c\",\"line\":9}}],\"message\":\"each undeclared identifier is reported only once for each function it appears in\"}],\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":23,\"column\":23,\"display-column\":23,\"file\":\"main.c\",\"line\":9},\"finish\":{\"byte-column\":26,\"column\":26,\"display-column\":26,\"file\":\"main.c\",\"line\":9}}],\"message\":\"‘true’ undeclared (first use in this function)\"}]",
 "rule": "c/include"
}
