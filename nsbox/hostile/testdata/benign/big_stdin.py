# nsbox:why: Eight megabytes of input arrive whole and in order, and end.
# nsbox:stdin-size: 8388608
# nsbox:stdout: 8388608 131072 True
import sys

data = sys.stdin.buffer.read()
print(len(data), data.count(b"\n"), sys.stdin.read() == "")
