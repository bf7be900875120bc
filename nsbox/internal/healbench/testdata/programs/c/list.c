#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct node {
    char name[16];
    int score;
    struct node *next;
};

static struct node *push(struct node *head, const char *name, int score) {
    struct node *fresh = malloc(sizeof(struct node));
    if (fresh == NULL) {
        exit(1);
    }
    strncpy(fresh->name, name, sizeof(fresh->name) - 1);
    fresh->name[sizeof(fresh->name) - 1] = '\0';
    fresh->score = score;
    fresh->next = head;
    return fresh;
}

static int count(const struct node *head) {
    int n = 0;
    while (head != NULL) {
        n++;
        head = head->next;
    }
    return n;
}

static struct node *reverse(struct node *head) {
    struct node *done = NULL;
    while (head) {
        struct node *next = head->next;
        head->next = done;
        done = head;
        head = next;
    }
    return done;
}

static void release(struct node *head) {
    while (head) {
        struct node *next = head->next;
        free(head);
        head = next;
    }
}

int main(void) {
    struct node *head = NULL;
    const char *names[] = {"ada", "bob", "cy"};
    for (int i = 0; i < 3; i++) {
        head = push(head, names[i], (i + 1) * 10);
    }
    head = reverse(head);
    for (struct node *n = head; n != NULL; n = n->next) {
        printf("%-4s %d\n", n->name, n->score);
    }
    printf("%d nodes\n", count(head));
    release(head);
    return 0;
}
