# nsbox:class: credentials
# nsbox:expect: contained
# nsbox:why: File capabilities and trusted attributes can't be set on a file of the program's own.
import os
import struct
from probe import finish, refused

for d in ("/workspace", "/tmp", "/dev/shm"):
    p = d + "/f"
    with open(p, "wb") as f:
        f.write(b"#!/bin/sh\nid\n")
    os.chmod(p, 0o755)
    caps2 = struct.pack("<IIIII", 0x02000001, 0xFFFFFFFF, 0, 0xFFFFFFFF, 0)
    caps3 = struct.pack("<IIIIII", 0x03000001, 0xFFFFFFFF, 0, 0xFFFFFFFF, 0, 0)
    refused("capabilities v2", os.setxattr, p, "security.capability", caps2)
    refused("capabilities v3", os.setxattr, p, "security.capability", caps3)
    refused("overlay opaque", os.setxattr, p, "trusted.overlay.opaque", b"y")
    # Not security.selinux: its owner may set that where no policy is loaded.
    refused("integrity signature", os.setxattr, p, "security.ima", b"\x04x")
    refused("security attribute", os.setxattr, p, "security.nsbox", b"x")
    refused("chown root", os.chown, p, 0, 0)
    refused("chown init", os.chown, p, 1, -1)
finish()
