#!/bin/bash
set -e
log_file=$(mktemp)
write_log() {
  echo "[$1] $2" >> "$log_file"
}
write_log info "started up"
write_log warn "disk is full"
write_log info "all good"
warnings=$(grep -c warn "$log_file")
echo "warnings: $warnings"
grep info "$log_file" | cut -d' ' -f2- | sed 's/^/* /'
awk '{ print NR ": " $1 }' "$log_file"
message="it's done"
echo "$message"
if [ -f "$log_file" ] && [ -s "$log_file" ]; then
  lines=$(wc -l < "$log_file")
  echo "lines: $lines"
fi
rm "$log_file"
test ! -e "$log_file"
