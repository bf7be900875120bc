# nsbox:class: time
# nsbox:expect: verdict=wall_timeout
# nsbox:limits: timeout=1s
# nsbox:why: Sleeping costs nothing but wall time, which has a limit of its own.
import time

time.sleep(20)
print("ESCAPED slept through the deadline")
