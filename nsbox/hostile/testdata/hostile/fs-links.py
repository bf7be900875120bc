# nsbox:class: filesystem
# nsbox:expect: contained
# nsbox:args: {canary}
# nsbox:why: Hard links, renames and exchanges never carry a file of the image or the host into a place that can be written.
import ctypes
import os
import sys
from probe import finish, libc, refused, syscall

canary = sys.argv[1]
for src in ("/etc/passwd", "/bin/sh", "/etc/shadow", canary, "/proc/self/exe"):
    for dst in ("/workspace/l", "/tmp/l", "/dev/shm/l"):
        refused("link %s" % src, os.link, src, dst)
        refused("rename %s" % src, os.rename, src, dst)
        with open("/workspace/mine", "w"):
            pass
        for flags in (1, 2, 4):
            refused("renameat2 %d" % flags, syscall, 316, -100, src.encode(), -100, b"/workspace/mine", flags)
fd = os.open("/etc/passwd", os.O_PATH)
refused("linkat of a descriptor", syscall, 265, fd, b"", -100, b"/workspace/l", 0x1000)
refused("linkat through /proc", syscall, 265, -100, b"/proc/self/fd/%d" % fd, -100, b"/workspace/l", 0x400)
refused("reopen for writing", os.open, "/proc/self/fd/%d" % fd, os.O_RDWR)
os.symlink(canary, "/workspace/s")
refused("symlink to the host", os.open, "/workspace/s", os.O_RDONLY)
finish()
