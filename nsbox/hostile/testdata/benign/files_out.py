# nsbox:why: Files in directories come out as artifacts, with their names, empty ones too.
# nsbox:artifacts: data/a.json data/b/c.csv empty.txt
# nsbox:stdout: written
import json
import os

os.makedirs("data/b")
with open("data/a.json", "w") as f:
    json.dump({"n": 1}, f)
with open("data/b/c.csv", "w") as f:
    f.write("x,y\n1,2\n")
open("empty.txt", "w").close()
print("written")
