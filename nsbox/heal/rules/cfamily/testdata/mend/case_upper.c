==== broken
#include <stdio.h>
#include <string.h>

static int square(int n);

int main(void) {
    int values[5] = {4, 8, 15, 16, 23};
    char name[16];
    int count = sizeof(values) / sizeof(values[0]);
    strcpy(name, "Ada");
    switch (count) {
    case 1:
        printf("one\n");
        break;
    case 5:
        printf("five %s %d\n", name, square(values[0]));
        break;
    default:
        printf("other\n");
    }
    int i = 0;
    while (i < count && values[i] != 15) {
        i++;
    }
    Printf("found at %d\n", i);
    return 0;
}

static int square(int n) {
    return n * n;
}
==== mended
#include <stdio.h>
#include <string.h>

static int square(int n);

int main(void) {
    int values[5] = {4, 8, 15, 16, 23};
    char name[16];
    int count = sizeof(values) / sizeof(values[0]);
    strcpy(name, "Ada");
    switch (count) {
    case 1:
        printf("one\n");
        break;
    case 5:
        printf("five %s %d\n", name, square(values[0]));
        break;
    default:
        printf("other\n");
    }
    int i = 0;
    while (i < count && values[i] != 15) {
        i++;
    }
    printf("found at %d\n", i);
    return 0;
}

static int square(int n) {
    return n * n;
}
==== step
{
 "stage": "compile",
 "check": "[{\"children\":null,\"fixits\":[{\"next\":{\"byte-column\":11,\"column\":11,\"display-column\":11,\"file\":\"main.c\",\"line\":25},\"start\":{\"byte-column\":5,\"column\":5,\"display-column\":5,\"file\":\"main.c\",\"line\":25},\"string\":\"printf\"}],\"kind\":\"warning\",\"locations\":[{\"caret\":{\"byte-column\":5,\"column\":5,\"display-column\":5,\"file\":\"main.c\",\"line\":25},\"finish\":{\"byte-column\":10,\"column\":10,\"display-column\":10,\"file\":\"main.c\",\"line\":25}}],\"message\":\"implicit declaration of function ‘Printf’; did you mean ‘printf’?\",\"option\":\"-Wimplicit-function-declaration\",\"option_url\":\"https://gcc.gnu.org/onlinedocs/gcc/Warning-Options.html#index-Wimplicit-function-declaration\"}]",
 "stderr": "main.c: In function ‘main’:\nmain.c:25:5: warning: implicit declaration of function ‘Printf’; did you mean ‘printf’? [-Wimplicit-function-declaration]\n   25 |     Printf(\"found at %d\\n\", i);\n      |     ^~~~~~\n      |     printf\n/usr/bin/ld: /tmp/cccfT6xq.o: in function `main':\nmain.c:(.text+0x74): undefined reference to `Printf'\ncollect2: error: ld returned 1 exit status\n",
 "rule": "c/name"
}
