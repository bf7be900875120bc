# nsbox:class: artifacts
# nsbox:expect: any-of contained verdict=disk_full
# nsbox:artifacts: any
# nsbox:limits: inodes=12000 disk=64MiB
# nsbox:why: Four thousand directories inside one another exhaust path buffers, descriptors and stacks of a careless walker.
import os
from probe import contained

os.chdir("/workspace")
depth = 0
try:
    for depth in range(4000):
        os.mkdir("d" * 100)
        os.chdir("d" * 100)
    with open("bottom.txt", "w") as f:
        f.write("deep\n")
except OSError as e:
    os.write(2, str(e)[-60:].encode())
contained("%d levels" % depth)
