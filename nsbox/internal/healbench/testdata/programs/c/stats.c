#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define SIZE 6
#define SQUARE(x) ((x) * (x))

typedef struct {
    double mean;
    double deviation;
    int largest;
} Summary;

enum level { LOW, MIDDLE, HIGH };

static Summary summarize(const int values[], int n) {
    Summary s = {0.0, 0.0, values[0]};
    for (int i = 0; i < n; i++) {
        s.mean += values[i];
        if (values[i] > s.largest) {
            s.largest = values[i];
        }
    }
    s.mean /= n;
    for (int i = 0; i < n; i++) {
        s.deviation += SQUARE(values[i] - s.mean);
    }
    s.deviation = sqrt(s.deviation / n);
    return s;
}

static enum level rate(int value) {
    if (value < 10) {
        return LOW;
    } else if (value < 20) {
        return MIDDLE;
    }
    return HIGH;
}

static const char *label(enum level l) {
    switch (l) {
    case LOW:
        return "low";
    case MIDDLE:
        return "middle";
    default:
        return "high";
    }
}

static bool palindrome(const char *text) {
    size_t i = 0, j = strlen(text);
    while (i < j) {
        if (tolower((unsigned char)text[i++]) != tolower((unsigned char)text[--j])) {
            return false;
        }
    }
    return true;
}

int main(void) {
    int values[SIZE] = {4, 8, 15, 16, 23, 42};
    Summary s = summarize(values, SIZE);
    printf("mean %.2f deviation %.3f largest %d\n", s.mean, s.deviation, s.largest);
    for (int i = 0; i < SIZE; i++) {
        printf("%d is %s\n", values[i], label(rate(values[i])));
    }
    const char *words[] = {"Anna", "Otto", "Carl"};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        printf("%s %s\n", words[i], palindrome(words[i]) ? "yes" : "no");
    }
    return 0;
}
