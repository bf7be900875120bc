# nsbox:class: filesystem
# nsbox:expect: contained
# nsbox:cve: CVE-2019-14271
# nsbox:limits: timeout=10s
# nsbox:why: Outside the scratch places nothing can be made, changed, renamed or removed, down to the last directory of the image.
import os
import stat
from probe import contained, escaped

OPEN = ("/workspace", "/tmp", "/dev/shm", "/proc")
files = dirs = 0
for top, names, leaves in os.walk("/"):
    names[:] = [n for n in names if os.path.join(top, n) not in OPEN]
    dirs += 1
    try:
        os.close(os.open(top + "/.nsbox", os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        escaped("a file was made in " + top)
    except OSError:
        pass
    for n in leaves[:40]:
        p = os.path.join(top, n)
        try:
            if not stat.S_ISREG(os.lstat(p).st_mode):
                continue
        except OSError:
            continue
        files += 1
        for what, f in (("open", lambda: os.close(os.open(p, os.O_WRONLY | os.O_APPEND))), ("utime", lambda: os.utime(p, (1, 1))),
                        ("chmod", lambda: os.chmod(p, 0o777))):
            try:
                f()
            except OSError:
                continue
            escaped("%s of %s" % (what, p))
    if files > 6000:
        break
for p in ("/etc/passwd", "/bin/sh", "/usr/bin/env", "/usr", "/etc/ld.so.preload", "/etc/ld.so.cache", "/lib"):
    for what, f in (("unlink", os.unlink), ("rmdir", os.rmdir), ("rename", lambda q: os.rename(q, q + ".x")),
                    ("create", lambda q: os.open(q, os.O_CREAT | os.O_RDWR)), ("symlink", lambda q: os.symlink("/tmp", q + ".l")),
                    ("truncate", lambda q: os.truncate(q, 0)), ("chown", lambda q: os.chown(q, os.getuid(), -1)),
                    ("setxattr", lambda q: os.setxattr(q, "user.x", b"y"))):
        try:
            f(p)
        except OSError:
            continue
        escaped("%s of %s" % (what, p))
contained("%d files in %d directories hold" % (files, dirs))
