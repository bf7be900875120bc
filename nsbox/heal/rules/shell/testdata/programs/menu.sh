#!/bin/bash
set -u

handle() {
  local command=$1
  shift
  case "$command" in
    add)
      echo "sum: $(($1 + $2))"
      ;;
    greet)
      echo "hello, ${1:-world}"
      ;;
    list)
      for word in "$@"; do
        echo "- $word"
      done
      ;;
    *)
      echo "unknown: $command"
      return 1
      ;;
  esac
}

handle add 3 4
handle greet
handle greet "Ada Lovelace"
handle list one two
if handle fly; then
  echo "it flies"
else
  echo "it does not"
fi
status=$?
counter=5
until [ "$counter" -le 2 ]; do
  counter=$((counter - 1))
done
echo "counter $counter, status $status"
[ "$counter" -eq 2 ]
