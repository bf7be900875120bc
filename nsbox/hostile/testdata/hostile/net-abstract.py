# nsbox:class: network
# nsbox:expect: contained
# nsbox:cve: CVE-2020-15257
# nsbox:args: {abstract} {socket}
# nsbox:why: Abstract unix sockets belong to the network namespace; a shared one gave the containerd shim's API away.
import socket
import sys
from probe import finish, refused

names = ["\0" + sys.argv[1], "\0/containerd-shim/x.sock@", "\0/tmp/.X11-unix/X0", "\0/org/kernel/linux/storage/multipathd"]
names += [sys.argv[2], "/run/docker.sock", "/var/run/docker.sock", "/run/containerd/containerd.sock", "/run/dbus/system_bus_socket",
          "/run/nsbox/helper.sock", "/run/nsbox.sock", "/run/systemd/private", "/run/udev/control", "/dev/log"]
for name in names:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET):
        s = socket.socket(socket.AF_UNIX, kind)
        refused("connect %r" % name, s.connect, name)
        s.close()
finish()
