#!/bin/bash
set -e
text="the cat and the dog and the bird"
declare -A seen
for word in $text; do
  seen[$word]=$((${seen[$word]:-0} + 1))
done
for word in "${!seen[@]}"; do
  echo "${seen[$word]} $word"
done | sort -rn | head -n 3 | sort -k2

longest=""
for word in $text; do
  if [ ${#word} -gt ${#longest} ]; then
    longest=$word
  fi
done
echo "longest: $longest"
upper=$(echo "$longest" | tr 'a-z' 'A-Z')
echo "upper: $upper"
if [[ "$text" == *dog* && "$text" != *fish* ]]; then
  echo "a dog, no fish"
fi
reversed=""
for ((i = ${#longest} - 1; i >= 0; i--)); do
  reversed+="${longest:$i:1}"
done
echo "reversed: $reversed"
cat <<EOF
summary: $upper
end
EOF
