import { writeSync } from "node:fs";

const text: string = "flood ".repeat(100) + "\n";
for (;;) {
  try {
    writeSync(1, text);
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code !== "EAGAIN") throw e; // a full pipe is no reason to stop
  }
}
