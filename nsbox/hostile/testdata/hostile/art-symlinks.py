# nsbox:class: artifacts
# nsbox:expect: contained
# nsbox:cve: CVE-2024-28185, CVE-2024-28189
# nsbox:artifacts: keep.txt
# nsbox:args: {canary}
# nsbox:why: Links to files, directories and magic links are reported and never followed.
import os
import sys
from probe import contained

os.chdir("/workspace")
with open("keep.txt", "w") as f:
    f.write("kept\n")
targets = [sys.argv[1], os.path.dirname(sys.argv[1]), "/etc/shadow", "/etc/passwd", "/", "/proc/self/environ", "/proc/1/environ",
           "/proc/self/root" + sys.argv[1], "../../../../../.." + sys.argv[1], "/dev/zero", "/dev/stdin", "/proc/self/fd/0", ".", "..", "loop", "keep.txt"]
for i, t in enumerate(targets):
    os.symlink(t, "link%d" % i)
os.symlink("loop", "loop")
os.mkdir("sub")
os.symlink("/etc", "sub/etc")
contained("%d links are set" % len(targets))
