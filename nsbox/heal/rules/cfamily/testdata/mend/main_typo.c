==== broken
#include <stdio.h>
#include <string.h>

static int square(int n);

int mian(void) {
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
 "check": "[]",
 "stderr": "/usr/bin/ld: /usr/lib/gcc/x86_64-linux-gnu/12/../../../x86_64-linux-gnu/Scrt1.o: in function `_start':\n(.text+0x17): undefined reference to `main'\ncollect2: error: ld returned 1 exit status\n",
 "rule": "c/main"
}
