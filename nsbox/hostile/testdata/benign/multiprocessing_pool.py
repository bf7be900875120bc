# nsbox:why: A pool of processes, a queue, a lock and a value in shared memory; their semaphores live in /dev/shm.
# nsbox:stdout: [0, 1, 4, 9, 16, 25, 36, 49, 64, 81]
# nsbox:stdout: 40 from the queue
import multiprocessing as mp


def square(n):
    return n * n


def add(v, q):
    for _ in range(10):
        with v.get_lock():
            v.value += 1
    q.put("from the queue")


if __name__ == "__main__":
    with mp.Pool(3) as pool:
        print(pool.map(square, range(10)))
    v, q = mp.Value("i", 0), mp.Queue()
    ps = [mp.Process(target=add, args=(v, q)) for _ in range(4)]
    for p in ps:
        p.start()
    text = [q.get() for _ in ps][0]
    for p in ps:
        p.join()
    print(v.value, text)
