const crypto = require("crypto");
const { promisify, inspect } = require("util");

const wait = promisify(setTimeout);

const hash = (text) => crypto.createHash("sha256").update(text).digest("hex").slice(0, 8);

async function* countdown(from) {
  for (let i = from; i > 0; i--) {
    await wait(1);
    yield i;
  }
}

const run = async () => {
  const seen = [];
  for await (const n of countdown(3)) {
    seen.push(n);
  }
  console.log(seen.join("..."));
  const results = await Promise.allSettled([Promise.resolve(1), Promise.reject(new Error("no"))]);
  console.log(results.map((r) => r.status));
  console.log(inspect({ a: [1, { b: 2 }] }, { depth: 0 }));
};

run().then(() => console.log(hash("nsbox")));
