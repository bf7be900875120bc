# nsbox:class: artifacts
# nsbox:expect: contained
# nsbox:artifacts: keep.txt
# nsbox:limits: disk=16MiB memory=128MiB
# nsbox:why: A file of a terabyte of nothing would fill the reader's memory and the caller's disk.
import os
import signal
from probe import contained

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with open("/workspace/keep.txt", "w") as f:
    f.write("kept\n")
sizes = []
for i, size in enumerate((1 << 40, 1 << 50, (1 << 63) - 1, 1 << 33, 1 << 31)):
    fd = os.open("/workspace/giant%d" % i, os.O_CREAT | os.O_RDWR)
    try:
        os.ftruncate(fd, size)
        sizes.append(size)
    except OSError as e:
        os.write(2, str(e).encode())
        os.unlink("/workspace/giant%d" % i)
contained("%d giants" % len(sizes))
