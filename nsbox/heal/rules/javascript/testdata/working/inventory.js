const inventory = {
  hammer: { price: 12.5, count: 4 },
  nail: { price: 0.05, count: 1200 },
  saw: { price: 18, count: 2 },
};

function total(stock) {
  let sum = 0;
  for (const name in stock) {
    const item = stock[name];
    sum += item.price * item.count;
  }
  return sum;
}

function describe(name, { price, count }) {
  const level = count > 100 ? "plenty" : count > 3 ? "some" : "few";
  return `${name}: ${level} at ${price.toFixed(2)}`;
}

for (const [name, item] of Object.entries(inventory)) {
  console.log(describe(name, item));
}
console.log("total:", total(inventory).toFixed(2));
const cheap = Object.keys(inventory).filter((name) => inventory[name].price < 15);
console.log(cheap.join(" and "));
const copy = JSON.parse(JSON.stringify(inventory));
copy.saw.count = 0;
console.log(inventory.saw.count, copy.saw.count);
