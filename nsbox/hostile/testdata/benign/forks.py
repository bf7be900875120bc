# nsbox:why: fork, exec, pipes between generations, exit codes and orphans that init reaps.
# nsbox:stdout: [10, 11, 12, 13, 14] exec'd orphan
import os

codes = []
for i in range(5):
    if (pid := os.fork()) == 0:
        os._exit(10 + i)
    codes.append(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
r, w = os.pipe()
if (pid := os.fork()) == 0:
    os.dup2(w, 1)
    os.execvp("echo", ["echo", "-n", "exec'd"])
os.waitpid(pid, 0)
text = os.read(r, 64).decode()
if (pid := os.fork()) == 0:
    if os.fork() == 0:
        while os.getppid() == pid:
            pass
        os.write(w, b"orphan")
    os._exit(0)
os.waitpid(pid, 0)
print(codes, text, os.read(r, 64).decode())
