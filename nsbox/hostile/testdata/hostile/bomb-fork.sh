# nsbox:class: processes
# nsbox:expect: verdict=pids_limit
# nsbox:limits: pids=32
# nsbox:why: The shell's classic bomb, held to ten levels so that a broken sandbox doesn't take the machine along.
bomb() {
    [ "$1" -gt 9 ] && { sleep 8; return; }
    bomb $(($1 + 1)) | bomb $(($1 + 1)) &
    wait
}
bomb 0 2>/dev/null
echo "ESCAPED alive after the limit"
