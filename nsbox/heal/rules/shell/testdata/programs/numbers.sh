#!/bin/bash
set -eu

is_prime() {
  local number=$1
  local divisor=2
  if [ "$number" -lt 2 ]; then
    return 1
  fi
  while [ $((divisor * divisor)) -le "$number" ]; do
    if [ $((number % divisor)) -eq 0 ]; then
      return 1
    fi
    divisor=$((divisor + 1))
  done
  return 0
}

function factorial {
  local result=1
  for i in $(seq 1 "$1"); do
    result=$((result * i))
  done
  echo "$result"
}

primes=""
for candidate in $(seq 1 20); do
  if is_prime "$candidate"; then
    primes="$primes $candidate"
  fi
done
echo "primes:$primes"
echo "factorial: $(factorial 6)"
first=0
second=1
for _ in 1 2 3 4 5 6; do
  echo -n "$first "
  next=$((first + second))
  first=$second
  second=$next
done
echo
echo "done: $first"
