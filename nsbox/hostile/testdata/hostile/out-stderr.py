# nsbox:class: output
# nsbox:expect: verdict=output_limit
# nsbox:limits: max_output=64KiB
# nsbox:why: Standard error has the same limit as standard output.
import os

for _ in range(4096):
    os.write(2, b"e" * 16384)
