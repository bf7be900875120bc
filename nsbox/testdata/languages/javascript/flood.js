const { writeSync } = require("node:fs");

const text = "flood ".repeat(100) + "\n";
for (;;) {
  try {
    writeSync(1, text);
  } catch (e) {
    if (e.code !== "EAGAIN") throw e; // a full pipe is no reason to stop
  }
}
