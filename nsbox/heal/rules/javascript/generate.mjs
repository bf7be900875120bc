// Writes members.txt: what the standard library of JavaScript and of Node has.
// Names come from Node itself, numbers of arguments and types of results from
// TypeScript's declarations:
//
//	node generate.mjs DIRECTORY_OF_LIB_D_TS > members.txt
//
// A line is one object: its key, a tab, its members. The key "Array" is what
// arrays have, "Array." what Array itself has, "fs:" what the module fs exports.
// A member is its name; "/2" follows a function that takes up to 2 arguments,
// "/*" one that takes any number, "/" one of which that is not known; "=String"
// follows one that is, or returns, a string.
import { readdirSync, readFileSync } from "node:fs";
import { builtinModules, createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(import.meta.url);
const annexB = new Set(("anchor big blink bold fixed fontcolor fontsize italics link small strike sub sup " +
  "substr getYear setYear toGMTString trimLeft trimRight compile arguments caller callee").split(" "));

const results = new Map(); // "Array join" -> { max, ret }

function split(params) {
  const out = [];
  let depth = 0, from = 0;
  for (let i = 0; i < params.length; i++) {
    if ("(<[{".includes(params[i])) depth++;
    else if (")]}".includes(params[i]) || (params[i] === ">" && params[i - 1] !== "=")) depth--;
    else if (params[i] === "," && depth === 0) { out.push(params.slice(from, i)); from = i + 1; }
  }
  out.push(params.slice(from));
  return out.map((p) => p.trim()).filter((p) => p && !p.startsWith("this:"));
}

function type(text, self) {
  const t = text.trim();
  const simple = { string: "String", number: "Number", boolean: "Boolean", bigint: "BigInt", this: self };
  if (simple[t]) return simple[t];
  if (/ \| | is |^\{|=>/.test(t)) return /^\w+ is /.test(t) ? "Boolean" : "";
  if (/\[\]$|^(Readonly)?Array</.test(t)) return "Array";
  if (/^\w*Iterator(Object)?</.test(t)) return "Iterator";
  const m = /^(Promise|Map|Set|Date|RegExp|Date|Error)\b/.exec(t);
  return m ? m[1] : "";
}

const everything = new Set(); // all names of properties, for telling slips from what is only rare

for (const f of readdirSync(process.argv[2]).filter((f) => /^lib\.es.*\.d\.ts$/.test(f))) {
  let owner = "";
  for (const line of readFileSync(join(process.argv[2], f), "utf8").split("\n")) {
    const start = /^interface (\w+)/.exec(line);
    if (start) owner = start[1].replace(/^ReadonlyArray$/, "").replace(/^IteratorObject$/, "Iterator");
    if (line.startsWith("}")) owner = "";
    const m = /^ {4}(?:readonly )?(\w+)(\??)(?:<.*?>)?(\((.*)\))?: (.+);$/.exec(line);
    const property = /^ +(?:readonly |static |get |set )*(\w+)\??[(:<]/.exec(line);
    if (property) everything.add(property[1]);
    if (!owner || !m) continue;
    const key = `${owner} ${m[1]}`;
    const params = m[3] ? split(m[4]) : null;
    const max = params === null ? -1 : params.some((p) => p.startsWith("...")) ? Infinity : params.length;
    const ret = type(m[5], owner);
    const old = results.get(key);
    results.set(key, old ? { max: Math.max(old.max, max), ret: old.ret === ret ? ret : "" } : { max, ret });
  }
}

function members(object, key, owners) {
  const out = [];
  for (const name of Object.getOwnPropertyNames(object).sort()) {
    if (name.startsWith("_") || (annexB.has(name) && !key.endsWith(":")) || !/^[A-Za-z]\w*$/.test(name)) continue;
    if (["prototype", "name"].includes(name) || (name === "length" && typeof object === "function")) continue;
    let kind = "", known;
    for (const o of owners) known ??= results.get(`${o} ${name}`);
    let value;
    try { value = Object.getOwnPropertyDescriptor(object, name).value; } catch { /* not readable */ }
    if (typeof value === "function") kind = "/" + (known && known.max >= 0 ? (known.max === Infinity ? "*" : known.max) : "");
    if (known?.ret) kind += "=" + known.ret;
    else if (name === "length" || name === "size") kind += "=Number";
    out.push(name + kind);
  }
  if (out.length) console.log(`${key}\t${out.join(" ")}`);
}

const bases = { Array, String, Number, Boolean, Map, Set, WeakMap, WeakSet, Promise, RegExp, Date, Function, Symbol, BigInt, Error, Object };
for (const [name, base] of Object.entries(bases)) {
  members(base.prototype, name, [name, name === "Function" ? "CallableFunction" : name]);
  members(base, name + ".", [name + "Constructor"]);
}
const generator = Object.getPrototypeOf(function* () {}).prototype;
const iterator = {};
for (const o of [Iterator.prototype, generator])
  for (const n of Object.getOwnPropertyNames(o)) if (n !== "constructor") iterator[n] = generator[n];
members(iterator, "Iterator", ["Iterator"]);
for (const name of ["Math", "JSON", "Reflect", "console", "process", "globalThis", "Buffer", "Atomics", "Intl", "performance", "crypto"]) {
  const object = globalThis[name];
  const all = {};
  for (let o = object; o && o !== Object.prototype && o !== Function.prototype; o = Object.getPrototypeOf(o))
    for (const n of Object.getOwnPropertyNames(o)) all[n] ??= (() => { try { return object[n]; } catch { return undefined; } })();
  members(all, name === "globalThis" ? "global" : name + ".", [name]);
}
for (const name of builtinModules.filter((n) => !n.startsWith("_") && !n.includes(":") && !["sys", "punycode", "constants", "wasi", "inspector", "inspector/promises", "trace_events"].includes(n)).sort())
  members(Object.assign({}, require(name)), name + ":", []);

// Names of properties that values of Node's own classes and results have.
const seen = new Set();
function collect(value, depth) {
  if (value === null || (typeof value !== "object" && typeof value !== "function") || seen.has(value) || depth > 3) return;
  seen.add(value);
  for (const n of Object.getOwnPropertyNames(value)) {
    if (/^[A-Za-z]\w*$/.test(n)) everything.add(n);
    let inner;
    try { inner = value[n]; } catch { continue; }
    if (typeof inner === "function" || n === "prototype") collect(inner, depth + 1);
  }
}
for (const name of builtinModules.filter((n) => !n.startsWith("_") && !n.includes(":"))) collect(require(name), 0);
for (const o of [process, console, performance, crypto, Intl, URL, Response, Request, Headers, AbortController, Event, TextEncoder]) collect(o, 0);
for (const o of [process.versions, process.memoryUsage(), process.resourceUsage(), require("os").cpus()[0], require("fs").statSync("/"),
  require("path").parse("/a"), new URL("http://a/b"), Object.getOwnPropertyDescriptor({ a: 1 }, "a"), require("os").userInfo()])
  for (const n in o) everything.add(n);
"done value index input groups indices status reason stdout stderr pid signal code errno syscall path dest address port info column line fileName data error result type".split(" ").forEach((n) => everything.add(n));
console.log("any\t" + [...everything].filter((n) => n.length > 3).sort().join(" "));
