import { readFileSync, writeFileSync, unlinkSync } from "node:fs";
import os from "node:os";
import path from "node:path";

const file = path.join(os.tmpdir(), "sample-" + process.pid + ".csv");
const rows = [
  ["name", "score"],
  ["ada", 91],
  ["bob", 78],
  ["cy", 85],
];
writeFileSync(file, rows.map((row) => row.join(",")).join("\n"));

const [header, ...lines] = readFileSync(file, "utf8").split("\n");
const columns = header.split(",");
const records = lines.map((line) => {
  const cells = line.split(",");
  return Object.fromEntries(columns.map((name, i) => [name, cells[i]]));
});
unlinkSync(file);

const scores = records.map((record) => Number(record.score));
const average = scores.reduce((a, b) => a + b) / scores.length;
console.log(columns);
console.log("average", average.toFixed(1));
console.log(records.filter((record) => Number(record.score) > average).map(({ name }) => name));

export { records };
