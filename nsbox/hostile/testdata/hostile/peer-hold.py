# nsbox:class: peers
# nsbox:expect: contained
# nsbox:limits: timeout=10s
# nsbox:why: One sandbox leaves everything it can where another might find it, and holds every lock and quota that it can get.
import fcntl
import os
import signal
import socket
import time
from probe import contained, libc

keep = []
for d in ("/tmp", "/dev/shm", "/workspace"):
    with open(d + "/peer-secret", "w") as f:
        f.write("PEER-SECRET")
for kind, family, addr in ((socket.SOCK_STREAM, socket.AF_INET, ("127.0.0.1", 7777)), (socket.SOCK_STREAM, socket.AF_UNIX, "\0nsbox-peer"),
                           (socket.SOCK_STREAM, socket.AF_UNIX, "/tmp/peer.sock")):
    s = socket.socket(family, kind)
    s.bind(addr)
    s.listen()
    keep.append(s)
libc.shmget(0x6E73, 4096, 0o1666)
for p in ("/etc/passwd", "/bin/sh", "/usr/bin/env", "/usr/bin/python3"):
    f = open(p, "rb")
    keep.append(f)
    try:
        fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as e:
        os.write(2, str(e).encode())
while len(keep) < 900:
    fd = libc.inotify_init1(0)
    if fd < 0:
        break
    keep.append(fd)
for _ in range(100):
    r, w = os.pipe()
    try:
        fcntl.fcntl(w, 1031, 1 << 20)
    except OSError:
        break
    keep += [r, w]
# Pending signals and message queues have quotas per user, too.
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
signals = 0
while signals < 200000 and libc.sigqueue(os.getpid(), signal.SIGRTMIN, None) == 0:
    signals += 1
queues = 0
while queues < 1000 and libc.mq_open(b"/q%d" % queues, os.O_CREAT | os.O_RDWR, 0o600, None) >= 0:
    queues += 1
os.write(2, b"%d descriptors, %d signals, %d queues\n" % (len(keep), signals, queues))
os.write(1, b"READY\n")
time.sleep(3)
contained("held everything for three seconds")
