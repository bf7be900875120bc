# nsbox:class: peers
# nsbox:expect: contained
# nsbox:cve: CVE-2020-15257
# nsbox:peer: peer-hold.py
# nsbox:limits: timeout=5s
# nsbox:why: Another sandbox that runs at the same time is neither found, nor reached, nor felt in a quota or a lock.
import ctypes
import fcntl
import os
import socket
from probe import escaped, finish, libc, refused

for d in ("/tmp", "/dev/shm", "/workspace"):
    if os.path.exists(d + "/peer-secret"):
        escaped("the other's file is in " + d)
for family, addr in ((socket.AF_INET, ("127.0.0.1", 7777)), (socket.AF_UNIX, "\0nsbox-peer"), (socket.AF_UNIX, "/tmp/peer.sock")):
    s = socket.socket(family, socket.SOCK_STREAM)
    s.settimeout(0.2)
    refused("connect %r" % (addr,), s.connect, addr)
if libc.shmget(0x6E73, 4096, 0) >= 0:
    escaped("the other's segment is there")
if libc.inotify_init1(0) < 0:
    escaped("the other has used up our inotify instances")
r, w = os.pipe()
if fcntl.fcntl(w, 1031, 1 << 18) < 1 << 18:
    escaped("the other has used up our pipe pages")
if libc.sigqueue(os.getpid(), 0, None) < 0 or libc.timer_create(1, None, ctypes.byref(ctypes.c_void_p())) < 0:
    escaped("the other has used up our pending signals")
s = [p for p in os.listdir("/proc") if p.isdigit()]
if len(s) > 2:
    escaped("%d processes are in view" % len(s))
finish()
