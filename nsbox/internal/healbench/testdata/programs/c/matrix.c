#include <stdio.h>
#include <stdlib.h>

typedef struct matrix {
    int rows, columns;
    int *cells;
} matrix_t;

typedef int (*operation)(int, int);

static int add(int a, int b) { return a + b; }
static int multiply(int a, int b) { return a * b; }

static matrix_t make(int rows, int columns) {
    matrix_t m;
    m.rows = rows;
    m.columns = columns;
    m.cells = calloc(rows * columns, sizeof(int));
    return m;
}

static void fill(matrix_t *m, operation op) {
    for (int i = 0; i < m->rows; i++) {
        for (int j = 0; j < m->columns; j++) {
            m->cells[i * m->columns + j] = op(i + 1, j + 1);
        }
    }
}

static matrix_t product(const matrix_t *a, const matrix_t *b) {
    matrix_t out = make(a->rows, b->columns);
    for (int i = 0; i < a->rows; i++) {
        for (int j = 0; j < b->columns; j++) {
            int sum = 0;
            for (int k = 0; k < a->columns; k++) {
                sum += a->cells[i * a->columns + k] * b->cells[k * b->columns + j];
            }
            out.cells[i * out.columns + j] = sum;
        }
    }
    return out;
}

static void print_matrix(const char *title, const matrix_t *m) {
    printf("%s:\n", title);
    for (int i = 0; i < m->rows; i++) {
        for (int j = 0; j < m->columns; j++) {
            printf("%4d", m->cells[i * m->columns + j]);
        }
        putchar('\n');
    }
}

static int compare(const void *a, const void *b) {
    return *(const int *)a - *(const int *)b;
}

int main(void) {
    matrix_t a = make(2, 3);
    matrix_t b = make(3, 2);
    fill(&a, add);
    fill(&b, multiply);
    matrix_t c = product(&a, &b);
    print_matrix("a", &a);
    print_matrix("product", &c);
    int sorted[] = {5, 2, 9, 1};
    qsort(sorted, 4, sizeof(int), compare);
    printf("%d..%d\n", sorted[0], sorted[3]);
    free(a.cells);
    free(b.cells);
    free(c.cells);
    return 0;
}
