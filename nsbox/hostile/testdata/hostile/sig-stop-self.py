# nsbox:class: signals
# nsbox:expect: verdict=wall_timeout
# nsbox:limits: timeout=1s
# nsbox:why: A program that stops itself uses no time and waits for nobody; the deadline outside ends it all the same.
import os
import signal

print("stopping", flush=True)
os.kill(os.getpid(), signal.SIGSTOP)
print("ESCAPED somebody continued us", flush=True)
