"""What the hostile Python programs share. Uploaded beside each of them."""
import ctypes
import os
import sys

tried = 0
libc = ctypes.CDLL(None, use_errno=True)


def _say(text, code):
    sys.stdout.flush()
    os.write(1, (text + "\n").encode("utf-8", "backslashreplace"))
    os._exit(code)


def escaped(what):
    _say("ESCAPED " + what, 99)


def contained(detail):
    _say("CONTAINED " + detail, 0)


def refused(what, fn, *args, **kw):
    """Calls fn, which must raise OSError."""
    global tried
    try:
        r = fn(*args, **kw)
    except OSError as e:
        tried += 1
        os.write(2, f"{what}: {e}\n".encode("utf-8", "backslashreplace"))
        return e
    escaped(f"{what} succeeded: {r!r}")


def finish():
    contained(f"{tried} attempts refused")


def check(rc):
    if rc < 0:
        e = ctypes.get_errno()
        raise OSError(e, os.strerror(e))
    return rc


def syscall(nr, *args):
    """A raw system call; integers go as 64 bits."""
    return check(libc.syscall(ctypes.c_long(nr), *[ctypes.c_long(a) if isinstance(a, int) else a for a in args]))
