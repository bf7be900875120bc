#!/bin/bash
set -euo pipefail

title="Weekly report"
items=("apples" "pears" "plums")
counts=(4 7 2)

print_line() {
  local name=$1
  local count=$2
  printf '%-8s %3d\n' "$name" "$count"
}

total=0
echo "$title"
for i in "${!items[@]}"; do
  print_line "${items[$i]}" "${counts[$i]}"
  total=$((total + counts[i]))
done

if [ "$total" -gt 10 ]; then
  echo "many: $total"
elif [ "$total" -gt 5 ]; then
  echo "some: $total"
else
  echo "few: $total"
fi
average=$((total / ${#items[@]}))
echo "average: $average"
