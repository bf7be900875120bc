# nsbox:why: Threads, locks, events, queues and thread-local data.
# nsbox:stdout: 1000 done
import queue
import threading

q, total, lock = queue.Queue(), 0, threading.Lock()


def work():
    global total
    while (n := q.get()) is not None:
        with lock:
            total += n


ts = [threading.Thread(target=work) for _ in range(8)]
for t in ts:
    t.start()
for _ in range(1000):
    q.put(1)
for _ in ts:
    q.put(None)
for t in ts:
    t.join()
print(total, "done")
