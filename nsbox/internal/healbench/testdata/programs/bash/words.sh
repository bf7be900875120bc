#!/bin/bash
text="one two three two one two"

count_words() {
  local word
  for word in $1; do
    echo "$word"
  done | sort | uniq -c | sort -rn | while read -r n word; do
    echo "$word: $n"
  done
}

reverse() {
  local input=$1 output=""
  local i
  for (( i = ${#input} - 1; i >= 0; i-- )); do
    output+=${input:i:1}
  done
  echo "$output"
}

is_even() {
  [ $(( $1 % 2 )) -eq 0 ]
}

count_words "$text"
for word in level river; do
  if [ "$word" = "$(reverse "$word")" ]; then
    echo "$word is a palindrome"
  elif [ ${#word} -gt 3 ]; then
    echo "$word is a long word"
  fi
done
n=1
until [ $n -gt 4 ]; do
  if is_even $n; then
    echo "$n is even"
  fi
  n=$((n + 1))
done
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
printf 'b\na\nc\n' > "$dir/list"
sort "$dir/list" | tr '\n' ' '
echo
grep -c '[ab]' "$dir/list"
