==== broken
#include <stdio.h>
#include <string.h>

static int square(int n);

int main(void) {
    int values[5] = {4, 8, 15, 16, 23};
    char name[16];
    int count = sizeof(values / sizeof(values[0]);
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
 "check": "[{\"children\":null,\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":31,\"column\":31,\"display-column\":31,\"file\":\"main.c\",\"line\":9}},{\"caret\":{\"byte-column\":24,\"column\":24,\"display-column\":24,\"file\":\"main.c\",\"line\":9},\"finish\":{\"byte-column\":29,\"column\":29,\"display-column\":29,\"file\":\"main.c\",\"line\":9},\"label\":\"int *\"}],\"message\":\"invalid operands to binary / (have ‘int *’ and ‘long unsigned int’)\"},{\"children\":null,\"fixits\":[{\"next\":{\"byte-column\":50,\"column\":50,\"display-column\":50,\"file\":\"main.c\",\"line\":9},\"start\":{\"byte-column\":50,\"column\":50,\"display-column\":50,\"file\":\"main.c\",\"line\":9},\"string\":\")\"}],\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":50,\"column\":50,\"display-column\":50,\"file\":\"main.c\",\"line\":9}},{\"caret\":{\"byte-column\":50,\"column\":50,\"display-column\":50,\"file\":\"main.c\",\"line\":9}},{\"caret\":{\"byte-column\":23,\"column\":23,\"display-column\":23,\"file\":\"main.c\",\"line\":9}}],\"message\":\"expected ‘)’ before ‘;’ token\"},{\"children\":null,\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":1,\"column\":1,\"display-column\":1,\"file\":\"main.c\",\"line\":27}}],\"message\":\"expected ‘,’ or ‘;’ before ‘}’ token\"},{\"children\":null,\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":12,\"column\":12,\"display-column\":12,\"file\":\"main.c\",\"line\":29},\"finish\":{\"byte-column\":17,\"column\":17,\"display-column\":17,\"file\":\"main.c\",\"line\":29}}],\"message\":\"invalid storage class for function ‘square’\"},{\"children\":null,\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":1,\"column\":1,\"display-column\":1,\"file\":\"main.c\",\"line\":31}}],\"message\":\"expected declaration or statement at end of input\"}]",
 "rule": "c/bracket"
}
