# nsbox:class: artifacts
# nsbox:expect: contained
# nsbox:artifacts: any
# nsbox:args: {canary}
# nsbox:why: /workspace itself emptied, renamed or replaced by a link must not send the collector elsewhere.
import os
import shutil
import sys
from probe import contained, refused

os.chdir("/")
for f in os.listdir("/workspace"):
    p = "/workspace/" + f
    shutil.rmtree(p) if os.path.isdir(p) else os.unlink(p)
refused("rename /workspace", os.rename, "/workspace", "/tmp/w")
refused("rmdir /workspace", os.rmdir, "/workspace")
refused("replace /workspace", os.symlink, os.path.dirname(sys.argv[1]), "/workspace/../workspace")
os.symlink(os.path.dirname(sys.argv[1]), "/workspace/workspace")
contained("the workspace is empty")
