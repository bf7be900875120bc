# nsbox:why: UTF-8 in the source, the output, file names and arguments, whatever the host's locale.
# nsbox:args: grüße
# nsbox:stdout: utf-8 utf-8 grüße naïve.txt ✓ 日本語 🦀
import os
import sys

with open("/workspace/naïve.txt", "w") as f:
    f.write("日本語 🦀")
with open("/workspace/naïve.txt") as f:
    text = f.read()
name = [n for n in os.listdir("/workspace") if n.startswith("na")][0]
print(sys.stdout.encoding, sys.getfilesystemencoding(), sys.argv[1], name, "✓", text)
