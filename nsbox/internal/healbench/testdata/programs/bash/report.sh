#!/usr/bin/env bash
set -euo pipefail

declare -A totals
names=()

add() {
  local name=$1 amount=$2
  if [[ -z ${totals[$name]:-} ]]; then
    names+=("$name")
    totals[$name]=0
  fi
  totals[$name]=$(( totals[$name] + amount ))
}

label() {
  case "$1" in
    [0-9]) echo "small" ;;
    [1-9][0-9]) echo "middle" ;;
    *) echo "large" ;;
  esac
}

while read -r name amount; do
  [ -n "$name" ] || continue
  add "$name" "$amount"
done <<'DATA'
tea 4
cups 120
tea 7
spoons 33
DATA

for name in "${names[@]}"; do
  printf '%-8s %4d %s\n' "$name" "${totals[$name]}" "$(label "${totals[$name]}")"
done
sum=0
for name in "${!totals[@]}"; do
  sum=$((sum + totals[$name]))
done
echo "sum $sum"
if (( sum > 100 )) && [ "${#names[@]}" -eq 3 ]; then
  echo "three kinds, many pieces"
else
  echo "few pieces"
fi
