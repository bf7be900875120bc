# nsbox:class: proc
# nsbox:expect: contained
# nsbox:args: {pid}
# nsbox:why: /proc shows the program's own processes and nothing else; the host's are neither listed nor reachable by number.
import os
import sys
from probe import contained, escaped

for name in os.listdir("/proc"):
    if name.isdigit():
        if os.stat("/proc/" + name).st_uid != os.getuid():
            escaped("process %s of another user is listed" % name)
    elif name not in ("self", "thread-self", "cpuinfo", "meminfo", "stat"):
        escaped("/proc/%s is there" % name)
mine = {os.getpid(), os.getppid()}
seen = 0
for pid in list(range(1, 5000)) + [int(sys.argv[1])]:
    if os.path.exists("/proc/%d" % pid):
        seen += 1
        with open("/proc/%d/status" % pid) as f:
            text = f.read()
        if "Uid:\t%d\t" % os.getuid() not in text:
            escaped("process %d is visible: %s" % (pid, text[:60]))
if seen > 3:
    escaped("%d processes are visible" % seen)
contained("%d own processes visible" % seen)
