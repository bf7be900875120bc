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
    while (i < count && values[i] != 15 {
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
 "check": "[{\"children\":null,\"fixits\":[{\"next\":{\"byte-column\":40,\"column\":40,\"display-column\":40,\"file\":\"main.c\",\"line\":22},\"start\":{\"byte-column\":40,\"column\":40,\"display-column\":40,\"file\":\"main.c\",\"line\":22},\"string\":\")\"}],\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":40,\"column\":40,\"display-column\":40,\"file\":\"main.c\",\"line\":22}},{\"caret\":{\"byte-column\":41,\"column\":41,\"display-column\":41,\"file\":\"main.c\",\"line\":22}},{\"caret\":{\"byte-column\":11,\"column\":11,\"display-column\":11,\"file\":\"main.c\",\"line\":22}}],\"message\":\"expected ‘)’ before ‘{’ token\"},{\"children\":null,\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":1,\"column\":1,\"display-column\":1,\"file\":\"main.c\",\"line\":27}}],\"message\":\"expected expression before ‘}’ token\"}]",
 "rule": "c/bracket"
}
