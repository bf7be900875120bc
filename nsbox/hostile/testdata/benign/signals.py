# nsbox:why: Signal handlers, alarms, interval timers, signals to children, and a wakeup by sigwait.
# nsbox:stdout: usr1 alarm tick>=3 child ended by 15 waited 12
import os
import signal
import time

got = []
signal.signal(signal.SIGUSR1, lambda s, f: got.append("usr1"))
signal.signal(signal.SIGALRM, lambda s, f: got.append("alarm"))
os.kill(os.getpid(), signal.SIGUSR1)
signal.setitimer(signal.ITIMER_REAL, 0.02)
signal.pause()
ticks = 0


def tick(s, f):
    global ticks
    ticks += 1


signal.signal(signal.SIGVTALRM, tick)
signal.setitimer(signal.ITIMER_VIRTUAL, 0.01, 0.01)
while ticks < 3:
    pass
signal.setitimer(signal.ITIMER_VIRTUAL, 0)
pid = os.fork()
if pid == 0:
    time.sleep(20)
    os._exit(0)
os.kill(pid, signal.SIGTERM)
sig = os.WTERMSIG(os.waitpid(pid, 0)[1])
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2])
os.kill(os.getpid(), signal.SIGUSR2)
print(*got, "tick>=3 child ended by", sig, "waited", int(signal.sigwait([signal.SIGUSR2])))
