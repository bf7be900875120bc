import { spawn } from "node:child_process";

function more(): void {
  spawn("sleep", ["1000"]).on("error", () => {});
  setImmediate(more);
}
more();
