==== broken
#include <cstdio>
#include <cstdlib>

int main() {
    int *p = malloc(3 * sizeof(int));
    p[0] = 4;
    printf("%d\n", p[0]);
    free(p);
}
==== mended
#include <cstdio>
#include <cstdlib>

int main() {
    int *p = (int*)malloc(3 * sizeof(int));
    p[0] = 4;
    printf("%d\n", p[0]);
    free(p);
}
==== step
{
 "stage": "compile",
 "check": "[{\"children\":null,\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":20,\"column\":20,\"display-column\":20,\"file\":\"main.cpp\",\"line\":5},\"finish\":{\"byte-column\":36,\"column\":36,\"display-column\":36,\"file\":\"main.cpp\",\"line\":5},\"label\":\"void*\",\"start\":{\"byte-column\":14,\"column\":14,\"display-column\":14,\"file\":\"main.cpp\",\"line\":5}}],\"message\":\"invalid conversion from ‘void*’ to ‘int*’\",\"option\":\"-fpermissive\",\"option_url\":\"https://gcc.gnu.org/onlinedocs/gcc/Warning-Options.html#index-fpermissive\"}]",
 "rule": "cpp/cast"
}
