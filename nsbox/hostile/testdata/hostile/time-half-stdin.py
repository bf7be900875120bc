# nsbox:class: time
# nsbox:expect: verdict=wall_timeout
# nsbox:limits: timeout=1s
# nsbox:stdin-size: 8388608
# nsbox:why: A program that reads a little of a large input and then sleeps holds the writer up, and neither past the deadline.
import sys
import time

sys.stdin.buffer.raw.read(10)
time.sleep(20)
print("ESCAPED slept through the deadline")
