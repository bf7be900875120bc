#include <stdio.h>

int main(void)
{
	FILE *f = fopen("/workspace/out.txt", "w");

	if (!f || fputs("artifact\n", f) < 0 || fclose(f)) {
		perror("/workspace/out.txt");
		return 1;
	}
}
