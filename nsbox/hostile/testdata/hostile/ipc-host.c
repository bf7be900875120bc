// nsbox:class: ipc
// nsbox:expect: contained
// nsbox:args: {shmkey} {shmid}
// nsbox:why: The host's System V objects, which root may use by number, are in another namespace.
#include "probe.h"
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

int main(int argc, char **argv) {
    if (argc < 3) contained("nothing to look for");
    key_t key = strtol(argv[1], NULL, 0);
    int id = atoi(argv[2]);
    refused("shmget by key", shmget(key, 0, 0));
    char *p = shmat(id, NULL, SHM_RDONLY);
    if (p != (void *)-1) escaped("the host's segment says %.32s", p);
    for (int i = 0; i < 4096; i++)
        if ((p = shmat(i, NULL, SHM_RDONLY)) != (void *)-1) escaped("segment %d is attached", i);
    struct shmid_ds d;
    for (int i = 0; i < 256; i++) refused("SHM_STAT", shmctl(i, SHM_STAT, &d));
    for (int i = 0; i < 256; i++) refused("semctl", semctl(i, 0, GETVAL));
    for (int i = 0; i < 256; i++) refused("msgctl", msgctl(i, IPC_RMID, NULL));
    finish();
}
