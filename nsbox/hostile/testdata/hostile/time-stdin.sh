# nsbox:class: time
# nsbox:expect: verdict=wall_timeout
# nsbox:limits: timeout=1s
# nsbox:why: A read from a FIFO that nobody opens blocks in the kernel; the deadline ends it there.
mkfifo /tmp/never
cat /tmp/never
echo "ESCAPED read from nobody"
