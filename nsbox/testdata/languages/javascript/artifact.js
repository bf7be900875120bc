require("node:fs").writeFileSync("/workspace/out.txt", "artifact\n");
