# nsbox:why: Child processes with pipes, exit codes, timeouts and a shell.
# nsbox:stdout: HELLO 3 [1, 2] late
import subprocess
import sys

up = subprocess.run(["tr", "a-z", "A-Z"], input="hello", capture_output=True, text=True).stdout
code = subprocess.run([sys.executable, "-c", "raise SystemExit(3)"]).returncode
p = subprocess.Popen("printf '2\\n1\\n' | sort", shell=True, stdout=subprocess.PIPE, text=True)
nums = [int(x) for x in p.communicate()[0].split()]
try:
    subprocess.run(["sleep", "5"], timeout=0.1)
    late = "early"
except subprocess.TimeoutExpired:
    late = "late"
print(up, code, nums, late)
