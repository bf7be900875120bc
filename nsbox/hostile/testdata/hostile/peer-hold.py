# nsbox:class: peers
# nsbox:expect: contained
# nsbox:limits: timeout=10s
# nsbox:why: One sandbox leaves everything it can where another might find it, and holds every lock and quota that it can get.
import ctypes
import fcntl
import os
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
os.write(1, b"READY\n")
time.sleep(3)
contained("held everything for three seconds")
