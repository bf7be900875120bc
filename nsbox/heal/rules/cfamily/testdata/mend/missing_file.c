==== broken
#include <stdio.h>
#include "settings.h"

int main(void) {
    printf("%d\n", LIMIT);
    return 0;
}
==== nothing
==== step
{
 "stage": "compile",
 "check": "[{\"children\":null,\"kind\":\"fatal error\",\"locations\":[{\"caret\":{\"byte-column\":10,\"column\":10,\"display-column\":10,\"file\":\"main.c\",\"line\":2},\"finish\":{\"byte-column\":21,\"column\":21,\"display-column\":21,\"file\":\"main.c\",\"line\":2}}],\"message\":\"settings.h: No such file or directory\"}]"
}
