#!/bin/bash
set -e
workdir=$(mktemp -d)
trap 'rm -rf "$workdir"' EXIT
cd "$workdir"

make_files() {
  local prefix=$1
  for number in 1 2 3; do
    echo "content $number" > "${prefix}_${number}.txt"
  done
}

backup() {
  local source=$1
  local target=$2
  if [ ! -d "$target" ]; then
    mkdir -p "$target"
  fi
  cp "$source"_*.txt "$target"/
}

make_files note
backup note saved
count=$(ls saved | wc -l)
echo "saved $count files"
while read -r line; do
  echo "> $line"
done < saved/note_2.txt
for file in saved/*.txt; do
  name=$(basename "$file" .txt)
  size=$(wc -c < "$file")
  echo "$name has $size bytes"
done
