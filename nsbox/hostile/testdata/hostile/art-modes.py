# nsbox:class: artifacts
# nsbox:expect: contained
# nsbox:artifacts: any
# nsbox:why: Files and directories without any permission, and a workspace that is shut, must not stop or raise the collector.
import os
from probe import contained

os.chdir("/workspace")
for i, mode in enumerate((0, 0o111, 0o222, 0o4755, 0o2755, 0o1777, 0o7777)):
    with open("f%d" % i, "w") as f:
        f.write("x")
    os.chmod("f%d" % i, mode)
    os.mkdir("d%d" % i)
    with open("d%d/in" % i, "w") as f:
        f.write("x")
    os.chmod("d%d" % i, mode)
try:
    os.chmod(".", 0)
except OSError as e:
    os.write(2, str(e).encode())
contained("modes are set")
