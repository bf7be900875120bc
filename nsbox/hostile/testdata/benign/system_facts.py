# nsbox:why: What programs ask their system for has sane answers: processors, host, directories, random numbers; where /proc tells of memory, it is the sandbox's.
# nsbox:stdout: memory below 512MiB home /tmp host nsbox cwd /workspace random 16
import os
import random
import socket

assert os.cpu_count() >= 1 and len(os.sched_getaffinity(0)) >= 1
mem = 0
if os.path.exists("/proc/meminfo"):
    mem = [int(l.split()[1]) for l in open("/proc/meminfo") if l.startswith("MemTotal")][0]
assert os.uname().sysname == "Linux" and random.SystemRandom().random() < 1
print("memory", "below 512MiB" if mem < 512 << 10 else "%d KiB" % mem, "home", os.environ["HOME"], "host", socket.gethostname(),
      "cwd", os.getcwd(), "random", len(os.urandom(16)))
