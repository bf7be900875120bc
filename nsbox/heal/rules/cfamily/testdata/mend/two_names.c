==== broken
#include <stdio.h>

int main(void) {
    int cat1 = 1, cat2 = 2;
    printf("%d\n", cat + cat1 + cat2);
    return 0;
}
==== nothing
==== step
{
 "stage": "compile",
 "check": "[{\"children\":[{\"escape-source\":false,\"kind\":\"note\",\"locations\":[{\"caret\":{\"byte-column\":20,\"column\":20,\"display-column\":20,\"file\":\"main.c\",\"line\":5},\"finish\":{\"byte-column\":22,\"column\":22,\"display-column\":22,\"file\":\"main.c\",\"line\":5}}],\"message\":\"each undeclared identifier is reported only once for each function it appears in\"}],\"fixits\":[{\"next\":{\"byte-column\":23,\"column\":23,\"display-column\":23,\"file\":\"main.c\",\"line\":5},\"start\":{\"byte-column\":20,\"column\":20,\"display-column\":20,\"file\":\"main.c\",\"line\":5},\"string\":\"cat2\"}],\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":20,\"column\":20,\"display-column\":20,\"file\":\"main.c\",\"line\":5},\"finish\":{\"byte-column\":22,\"column\":22,\"display-column\":22,\"file\":\"main.c\",\"line\":5}}],\"message\":\"‘cat’ undeclared (first use in this function); did you mean ‘cat2’?\"}]"
}
