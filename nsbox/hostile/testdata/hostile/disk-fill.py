# nsbox:class: disk
# nsbox:expect: any-of contained verdict=disk_full
# nsbox:limits: memory=128MiB disk=16MiB
# nsbox:why: One size limit holds for /workspace, /tmp and /dev/shm together, not once for each.
import os
from probe import contained, escaped

total, block = 0, b"x" * (1 << 20)
for d in ("/workspace", "/tmp", "/dev/shm", "/build", "/run", "/var/tmp", "/home"):
    try:
        fd = os.open(d + "/fill", os.O_CREAT | os.O_WRONLY)
        while total < 64 << 20:
            total += os.write(fd, block)
    except OSError as e:
        os.write(2, ("%s: %s\n" % (d, e)).encode())
if total > 17 << 20:
    escaped("%d KiB written under a limit of 16 MiB" % (total >> 10))
contained("%d KiB written" % (total >> 10))
