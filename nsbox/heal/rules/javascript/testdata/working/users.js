const path = require("path");
const util = require("util");

function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function fetchUser(id) {
  await sleep(1);
  if (id > 3) {
    throw new RangeError(`no user ${id}`);
  }
  return { id, name: ["Ann", "Bob", "Cid"][id - 1], tags: ["a", "b"].slice(0, id) };
}

async function main() {
  const users = await Promise.all([1, 2, 3].map((id) => fetchUser(id)));
  for (const user of users) {
    console.log(user.name.padEnd(5, "."), user.tags.length);
  }
  try {
    await fetchUser(9);
  } catch (error) {
    console.log(error.name + ": " + error.message);
  } finally {
    console.log("done");
  }
  console.log(path.join("a", "b", "..", "c.txt"));
  console.log(util.format("%s has %d", "cart", 4));
}

main();
