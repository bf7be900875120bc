# nsbox:why: epoll, select, eventfd, inotify and file locks.
# nsbox:stdout: epoll select eventfd inotify locked
import ctypes
import fcntl
import os
import select

out = []
r, w = os.pipe()
ep = select.epoll()
ep.register(r, select.EPOLLIN)
os.write(w, b"x")
out += ["epoll"] if ep.poll(1) == [(r, select.EPOLLIN)] else []
out += ["select"] if select.select([r], [], [], 1)[0] == [r] else []
e = os.eventfd(5)
out += ["eventfd"] if os.eventfd_read(e) == 5 else []
libc = ctypes.CDLL(None)
i = libc.inotify_init()
libc.inotify_add_watch(i, b"/workspace", 0x100)
open("/workspace/seen", "w").close()
out += ["inotify"] if b"seen" in os.read(i, 4096) else []
a, b = open("/workspace/seen", "w"), open("/workspace/seen", "w")
fcntl.flock(a, fcntl.LOCK_EX)
try:
    fcntl.flock(b, fcntl.LOCK_EX | fcntl.LOCK_NB)
except OSError:
    out.append("locked")
print(*out)
