// nsbox:why: POSIX threads with a mutex, a condition, a barrier and thread-local storage.
// nsbox:stdout: 8000 8
#include <pthread.h>
#include <stdio.h>

static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t start;
static __thread long own;
static long total, done;

static void *work(void *a) {
    pthread_barrier_wait(&start);
    for (int i = 0; i < 1000; i++) own++;
    pthread_mutex_lock(&mu);
    total += own;
    done++;
    pthread_mutex_unlock(&mu);
    return a;
}

int main(void) {
    pthread_t t[8];
    pthread_barrier_init(&start, NULL, 8);
    for (int i = 0; i < 8; i++)
        if (pthread_create(&t[i], NULL, work, NULL)) return 1;
    for (int i = 0; i < 8; i++) pthread_join(t[i], NULL);
    printf("%ld %ld\n", total, done);
    return 0;
}
