# nsbox:class: credentials
# nsbox:expect: contained
# nsbox:cve: CVE-2023-28642, CVE-2021-4034
# nsbox:why: Setuid and setgid programs of the image, and one made here, must not change who runs.
. /workspace/probe.sh
id=$(id -u)
[ "$id" = 0 ] && escaped "runs as uid 0"
for f in su sudo pkexec runuser doas; do
    refused "$f" root -c 'id -u'
done
# What is setuid in the image must stay as harmless as its copy: run as us.
for f in $(find / -xdev -perm /6000 -type f 2>/dev/null); do
    "$f" </dev/null >/dev/null 2>&1 &
    pid=$!
    got=$(sed -n 's/^Uid:\t\([0-9]*\)\t\([0-9]*\)\t.*/\1 \2/p' "/proc/$pid/status" 2>/dev/null)
    kill -9 "$pid" 2>/dev/null
    [ -n "$got" ] && [ "$got" != "$id $id" ] && escaped "$f runs as $got"
    tried=$((tried + 1))
done
cp /bin/sh /workspace/sh 2>/dev/null && chmod 6755 /workspace/sh
for s in /workspace/sh /tmp/sh; do
    [ -x "$s" ] || continue
    got=$("$s" -p -c 'id -u' 2>/dev/null)
    [ -n "$got" ] && [ "$got" != "$id" ] && escaped "$s runs as $got"
    tried=$((tried + 1))
done
refused chown 0:0 /workspace/sh
refused newgrp root
refused mount -t tmpfs none /tmp
refused unshare -Ur id -u
finish
