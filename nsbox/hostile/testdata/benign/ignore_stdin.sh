# nsbox:why: A program that never reads its eight megabytes of input ends when it likes, and nobody hangs.
# nsbox:stdin-size: 8388608
# nsbox:stdout: done
echo done
