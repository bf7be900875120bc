# nsbox:why: Traps for signals and for exit, arithmetic, string operations and a timeout.
# nsbox:stdout: usr1
# nsbox:stdout: FILE.tar 256
# nsbox:stdout: 124
# nsbox:stdout: bye
trap 'echo usr1' USR1
trap 'echo bye' EXIT
kill -USR1 $$
name=/x/file.tar.gz
base=${name##*/}
base=${base%.gz}
base=${base/file/FILE}
echo "$base $((2 ** 8))"
timeout 0.1 sleep 5
echo $?
