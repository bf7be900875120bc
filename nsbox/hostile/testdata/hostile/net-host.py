# nsbox:class: network
# nsbox:expect: contained
# nsbox:args: {port} {addresses}
# nsbox:limits: timeout=10s
# nsbox:why: The host's loopback, its addresses, its gateway and the world beyond are out of reach.
import errno
import socket
import sys
from probe import escaped, finish, refused

port = int(sys.argv[1])
hosts = ["127.0.0.1", "127.0.0.53", "169.254.169.254", "10.0.0.1", "172.17.0.1", "192.168.0.1", "1.1.1.1", "8.8.8.8"]
hosts += [a for a in sys.argv[2].split(",") if a]
try:
    socket.socket(socket.AF_INET6, socket.SOCK_STREAM).close()
    ipv6 = True
except OSError as e:
    ipv6 = e.errno != errno.EAFNOSUPPORT  # the kernel was built without it
for h in hosts:
    family = socket.AF_INET6 if ":" in h else socket.AF_INET
    if family == socket.AF_INET6 and not ipv6:
        continue
    for p in (port, 53, 80, 2375):
        s = socket.socket(family, socket.SOCK_STREAM)
        s.settimeout(0.05)
        refused("tcp %s:%d" % (h, p), s.connect, (h, p))
        s.close()
    s = socket.socket(family, socket.SOCK_DGRAM)
    s.settimeout(0.02)
    try:
        s.sendto(b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x01", (h, 53))
        s.recv(512)
        escaped("an answer from " + h)
    except OSError:
        pass
if ipv6:
    s = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
    s.settimeout(0.05)
    refused("tcp ::1", s.connect, ("::1", port))
refused("name lookup", socket.getaddrinfo, "example.com", 80)
finish()
