# nsbox:class: processes
# nsbox:expect: verdict=pids_limit
# nsbox:limits: pids=32
# nsbox:why: The same bomb by doubling: every process forks, eleven levels deep at most.
import os
import signal
import time

signal.alarm(15)
for level in range(11):
    try:
        os.fork()
        signal.alarm(15)
    except OSError:
        time.sleep(0.05)
time.sleep(1)
os.write(1, b"ESCAPED alive after the limit\n")
time.sleep(9)
