# nsbox:why: Mapped files, shared and private, grown and read back.
# nsbox:stdout: b'shared' b'hello!' 8192
import mmap
import os

with open("/workspace/m", "w+b") as f:
    f.truncate(4096)
    with mmap.mmap(f.fileno(), 4096) as m:
        m[:6] = b"hello!"
        m.flush()
        m.resize(8192)
        size = len(m)
with open("/workspace/m", "rb") as f:
    head = f.read(6)
anon = mmap.mmap(-1, 4096)
if os.fork() == 0:
    anon[:6] = b"shared"
    os._exit(0)
os.wait()
print(anon[:6], head, size)
