==== broken
#include <stdio.h>

int main(void) {
    int n = 5;
    if (n > 3); {
        printf("big\n");
    } else {
        printf("small\n");
    }
    return 0;
}
==== mended
#include <stdio.h>

int main(void) {
    int n = 5;
    if (n > 3) {
        printf("big\n");
    } else {
        printf("small\n");
    }
    return 0;
}
==== step
{
 "stage": "compile",
 "check": "[{\"children\":[{\"escape-source\":false,\"kind\":\"note\",\"locations\":[{\"caret\":{\"byte-column\":17,\"column\":17,\"display-column\":17,\"file\":\"main.c\",\"line\":5}}],\"message\":\"...this statement, but the latter is misleadingly indented as if it were guarded by the ‘if’\"}],\"kind\":\"warning\",\"locations\":[{\"caret\":{\"byte-column\":5,\"column\":5,\"display-column\":5,\"file\":\"main.c\",\"line\":5},\"finish\":{\"byte-column\":6,\"column\":6,\"display-column\":6,\"file\":\"main.c\",\"line\":5}}],\"message\":\"this ‘if’ clause does not guard...\",\"option\":\"-Wmisleading-indentation\",\"option_url\":\"https://gcc.gnu.org/onlinedocs/gcc/Warning-Options.html#index-Wmisleading-indentation\"},{\"children\":null,\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":7,\"column\":7,\"display-column\":7,\"file\":\"main.c\",\"line\":7},\"finish\":{\"byte-column\":10,\"column\":10,\"display-column\":10,\"file\":\"main.c\",\"line\":7}}],\"message\":\"‘else’ without a previous ‘if’\"}]",
 "rule": "c/punctuation"
}
