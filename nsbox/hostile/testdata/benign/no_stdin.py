# nsbox:why: Without input, input is empty, and not a descriptor that blocks or is missing.
# nsbox:stdout: '' EOF
import sys

try:
    print(repr(sys.stdin.read()), end=" ")
    input()
except EOFError:
    print("EOF")
