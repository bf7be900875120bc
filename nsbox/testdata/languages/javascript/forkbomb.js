const { spawn } = require("node:child_process");

function more() {
  spawn("sleep", ["1000"]).on("error", () => {});
  setImmediate(more);
}
more();
