# nsbox:why: Temporary files and directories, hidden and named, copied, moved and walked.
# nsbox:stdout: /tmp True ['a.txt', 'b.txt'] hello
import os
import pathlib
import shutil
import tempfile

with tempfile.TemporaryFile() as f:
    f.write(b"hello")
    f.seek(0)
    text = f.read().decode()
with tempfile.TemporaryDirectory() as d:
    p = pathlib.Path(d, "x", "a.txt")
    p.parent.mkdir()
    p.write_text("a")
    shutil.copy(p, p.with_name("b.txt"))
    names = sorted(n for _, _, fs in os.walk(d) for n in fs)
print(tempfile.gettempdir(), not os.path.exists(d), names, text)
