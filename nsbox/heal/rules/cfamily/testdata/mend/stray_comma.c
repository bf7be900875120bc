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
        printf("five %s %d\n", name, square(values[0],));
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
 "check": "[{\"children\":null,\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":55,\"column\":55,\"display-column\":55,\"file\":\"main.c\",\"line\":16}}],\"message\":\"expected expression before ‘)’ token\"},{\"children\":null,\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":38,\"column\":38,\"display-column\":38,\"file\":\"main.c\",\"line\":16},\"finish\":{\"byte-column\":43,\"column\":43,\"display-column\":43,\"file\":\"main.c\",\"line\":16}}],\"message\":\"too many arguments to function ‘square’\"},{\"children\":null,\"kind\":\"note\",\"locations\":[{\"caret\":{\"byte-column\":12,\"column\":12,\"display-column\":12,\"file\":\"main.c\",\"line\":4},\"finish\":{\"byte-column\":17,\"column\":17,\"display-column\":17,\"file\":\"main.c\",\"line\":4}}],\"message\":\"declared here\"}]",
 "rule": "c/punctuation"
}
