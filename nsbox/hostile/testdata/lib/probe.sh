# What the hostile bash programs share. Uploaded beside each of them.
tried=0
escaped() { printf 'ESCAPED %s\n' "$*"; exit 99; }
contained() { printf 'CONTAINED %s\n' "$*"; exit 0; }
# refused CMD...: the command must fail.
refused() {
    if "$@" >/tmp/.out 2>&1 </dev/null; then escaped "'$*' succeeded"; fi
    tried=$((tried + 1))
}
finish() { contained "$tried attempts refused"; }
