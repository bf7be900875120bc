for a; do printf '%s\n' "$a"; done
