# nsbox:class: artifacts
# nsbox:expect: any-of contained verdict=disk_full
# nsbox:artifacts: any
# nsbox:limits: inodes=20000 disk=64MiB timeout=10s
# nsbox:why: As many files as inodes allow, in one directory and in many, must not be a list without end.
import os
from probe import contained

n = 0
try:
    for d in range(20):
        os.mkdir("/workspace/%d" % d)
        for i in range(2500):
            os.close(os.open("/workspace/%d/%d" % (d, i), os.O_CREAT | os.O_WRONLY))
            n += 1
except OSError as e:
    os.write(2, str(e).encode())
contained("%d files" % n)
