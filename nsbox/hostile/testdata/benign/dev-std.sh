# nsbox:why: /dev/stdin, stdout, stderr, fd, null, zero, full and urandom are there and do what they should.
# nsbox:stdin: from stdin
# nsbox:stdout: to stdout
# nsbox:stdout: from stdin
# nsbox:stdout: fd three
# nsbox:stdout: 5 8 full
echo "to stdout" >/dev/stdout
echo "to stderr" >/dev/stderr
cat /dev/stdin
exec 3>&1
echo "fd three" >/dev/fd/3
z=$(head -c 5 /dev/zero | wc -c)
u=$(head -c 8 /dev/urandom | wc -c)
(echo x >/dev/full) 2>/dev/null && f=empty || f=full
echo gone >/dev/null
echo "$z $u $f"
