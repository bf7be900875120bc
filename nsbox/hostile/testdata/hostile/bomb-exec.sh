# nsbox:class: processes
# nsbox:expect: any-of verdict=wall_timeout verdict=cpu_timeout
# nsbox:limits: timeout=1s
# nsbox:why: A process that replaces itself without end has one pid and no child; only the deadline ends it.
[ "${N:-0}" -gt 20000 ] && { echo "ESCAPED 20000 times"; exit 99; }
N=$((${N:-0} + 1)) exec bash "$0"
