# nsbox:class: filesystem
# nsbox:expect: contained
# nsbox:args: {canary} {hostname}
# nsbox:why: No file of the host is in view: no home, no keys, no helper state, no other sandbox, no password hash.
import os
import sys
from probe import contained, escaped, refused

canary, hostname = sys.argv[1:3]
refused("canary", open, canary)
for d in ("/root", "/home", "/mnt", "/media", "/srv", "/opt", "/boot", "/var/lib/nsbox", "/run/nsbox", "/etc/nsbox", "/etc/ssh", "/sys"):
    try:
        found = os.listdir(d)
    except OSError:
        continue
    if d != "/opt" and found:
        escaped("%s holds %s" % (d, found[:5]))
try:
    for line in open("/etc/shadow"):
        if line.split(":")[1] not in ("", "*", "!", "!!", "!*", "x"):
            escaped("a password hash: " + line.split(":")[0])
except OSError as e:
    os.write(2, str(e).encode())
seen = 0
for top, names, leaves in os.walk("/etc"):
    for n in leaves:
        try:
            with open(os.path.join(top, n), "rb") as f:
                seen += 1
                if hostname != "nsbox" and len(hostname) > 3 and hostname.encode() in f.read(65536):
                    escaped("the host's name is in %s/%s" % (top, n))
        except OSError:
            pass
for text in (open("/proc/self/mountinfo").read() if os.path.exists("/proc/self/mountinfo") else "",):
    if os.path.dirname(canary) in text:
        escaped("mountinfo tells of the host: " + text)
contained("%d files read" % seen)
