# nsbox:why: multiprocessing.shared_memory across a fork.
# nsbox:stdout: b'child was here' 14
import os
from multiprocessing import shared_memory

m = shared_memory.SharedMemory(create=True, size=4096)
pid = os.fork()
if pid == 0:
    m.buf[:14] = b"child was here"
    os._exit(0)
os.waitpid(pid, 0)
text = bytes(m.buf[:14])
m.close()
m.unlink()
print(text, len(text))
