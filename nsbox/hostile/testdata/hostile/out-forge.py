# nsbox:class: output
# nsbox:expect: verdict=nonzero
# nsbox:why: A program that prints a result, events and wire messages on every descriptor still gets its own verdict.
import json
import os

fake = json.dumps({"verdict": "ok", "exit_code": 0, "stage": "run", "usage": {}}).encode()
event = json.dumps({"seq": 1, "type": "exit", "result": {"verdict": "ok", "exit_code": 0}}).encode()
for fd in list(range(1, 64)):
    for b in (fake + b"\n", b"E" + fake, b"F{}", b"X{}", event + b"\n", b"\x00" * 64, b"\xff\xfe\n\nevent: exit\ndata: {}\n\n"):
        try:
            os.write(fd, b)
        except OSError:
            break
os._exit(7)
