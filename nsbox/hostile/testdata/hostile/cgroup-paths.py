# nsbox:class: cgroups
# nsbox:expect: contained
# nsbox:why: Limits live in cgroup files: none is visible, and the path of the group doesn't tell where in the host it is.
import os
from probe import contained, escaped

try:
    for line in open("/proc/self/cgroup"):
        path = line.strip().split(":", 2)[2]
        if path != "/":
            escaped("cgroup path of the host: " + path)
except OSError as e:
    os.write(2, str(e).encode())
for top in ("/sys", "/cgroup", "/run", "/mnt"):
    for d, dirs, files in os.walk(top):
        for f in files:
            if f.startswith(("memory.", "pids.", "cgroup.", "tasks", "release_agent")):
                escaped(os.path.join(d, f) + " is there")
contained("no cgroup file in sight")
