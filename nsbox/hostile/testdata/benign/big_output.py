# nsbox:why: Output a little below the limit arrives whole, on both streams.
# nsbox:limits: max_output=1MiB
# nsbox:stdout-size: 1000000
import sys

for i in range(10000):
    sys.stdout.write("%099d\n" % i)
    sys.stderr.write("%099d\n" % i)
