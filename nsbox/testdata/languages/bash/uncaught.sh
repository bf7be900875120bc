set -eu
ls /no/such/directory
echo "not reached"
