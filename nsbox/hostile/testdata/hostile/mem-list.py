# nsbox:class: memory
# nsbox:expect: verdict=oom
# nsbox:limits: memory=64MiB
# nsbox:why: An interpreter that catches MemoryError and goes on is ended all the same.
import os

hold = []
for i in range(1024):
    try:
        hold.append(os.urandom(1 << 16) * 16)
    except MemoryError:
        pass
os.write(1, b"ESCAPED 1 GiB of objects\n")
