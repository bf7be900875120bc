# nsbox:class: processes
# nsbox:expect: verdict=pids_limit
# nsbox:limits: pids=32
# nsbox:why: A thread bomb from an interpreter, which sees an exception first and goes on.
import os
import threading
import time

stop = time.time() + 8
for _ in range(2000):
    try:
        threading.Thread(target=time.sleep, args=(8,), daemon=True).start()
    except RuntimeError:
        time.sleep(0.002)
os.write(1, b"ESCAPED alive after the limit\n")
os._exit(99)
