# nsbox:class: memory
# nsbox:expect: any-of contained verdict=oom
# nsbox:limits: memory=64MiB timeout=10s
# nsbox:why: Names that don't exist are remembered by the kernel too; that cache must be the sandbox's to pay for.
import os
from probe import contained, escaped

for d in ("/tmp", "/workspace", "/usr/lib"):
    for i in range(30000):
        if os.path.exists("%s/%s-%d" % (d, "n" * 200, i)):
            escaped("a name that nobody made exists")
contained("90000 negative names")
