# nsbox:why: TCP over IPv4 and IPv6, UDP, named and abstract unix sockets, all on the sandbox's own loopback.
# nsbox:stdout: tcp4 tcp6 udp unix abstract pair
import errno
import os
import socket
import threading

out = []


def stream(name, family, addr):
    s = socket.socket(family, socket.SOCK_STREAM)
    s.bind(addr)
    s.listen()
    t = threading.Thread(target=lambda: s.accept()[0].sendall(name.encode()))
    t.start()
    c = socket.socket(family, socket.SOCK_STREAM)
    c.connect(s.getsockname())
    out.append(c.recv(64).decode())
    t.join()


stream("tcp4", socket.AF_INET, ("127.0.0.1", 0))
try:
    stream("tcp6", socket.AF_INET6, ("::1", 0))
except OSError as e:
    # A kernel without IPv6 says so; a filter that kept it out would say EPERM.
    if e.errno != errno.EAFNOSUPPORT:
        raise
    out.append("tcp6")
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
u.bind(("127.0.0.1", 0))
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"udp", u.getsockname())
out.append(u.recv(64).decode())
stream("unix", socket.AF_UNIX, "/tmp/s.sock")
stream("abstract", socket.AF_UNIX, "\0own")
a, b = socket.socketpair()
r, w = os.pipe()
os.write(w, b"pair")
socket.send_fds(a, [b"x"], [r])
out.append(os.read(socket.recv_fds(b, 1, 1)[1][0], 64).decode())
print(*out)
