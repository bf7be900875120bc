==== broken
#include <stdio.h>

/* Says hello.
int main(void) {
    printf("hello\n");
    return 0;
}
==== mended
#include <stdio.h>

/* Says hello. */
int main(void) {
    printf("hello\n");
    return 0;
}
==== step
{
 "stage": "compile",
 "check": "[{\"children\":null,\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":1,\"column\":1,\"display-column\":1,\"file\":\"main.c\",\"line\":3}}],\"message\":\"unterminated comment\"}]",
 "rule": "c/comment"
}
