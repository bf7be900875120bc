import { writeFileSync } from "node:fs";

writeFileSync("/workspace/out.txt", "artifact\n");
