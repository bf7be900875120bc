# nsbox:class: artifacts
# nsbox:expect: contained
# nsbox:artifacts: any
# nsbox:check: escapes
# nsbox:why: Names with line feeds, terminal escapes, bytes that are not UTF-8, or the look of options and paths do no harm.
import os
from probe import contained

names = [b"\x1b]0;owned\x07", b"\x1b[2Jclear", b"line\nbreak", b"cr\rback", b"\xff\xfe\x80", b"a" * 255, b"-rf", b"--", b"...", b"..\\..\\x",
         b"C:\\x", b"con", b"~", b"$(id)", b"`id`", b"a;b", b"'\"", b"<script>", b"%2e%2e%2f", b" ", b"\t", b"\x7f", "\u202egnp.exe".encode(),
         b"\xc0\xae\xc0\xae", b"x" * 200 + b".png"]
for i, n in enumerate(names):
    fd = os.open(b"/workspace/" + n, os.O_CREAT | os.O_WRONLY)
    os.write(fd, b"%d" % i)
    os.close(fd)
os.mkdir(b"/workspace/\x1b[31m")
os.close(os.open(b"/workspace/\x1b[31m/..\n", os.O_CREAT | os.O_WRONLY))
os.mkdir(b"/workspace/\xfe")
os.close(os.open(b"/workspace/\xfe/inside", os.O_CREAT | os.O_WRONLY))
contained("%d names" % len(names))
