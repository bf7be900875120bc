'use strict';
const util = require('util');

class Product {
  #stock;

  constructor(name, price, stock = 0) {
    this.name = name;
    this.price = price;
    this.#stock = stock;
  }

  get stock() {
    return this.#stock;
  }

  remove(count) {
    if (count > this.#stock) {
      throw new RangeError(`only ${this.#stock} of ${this.name}`);
    }
    this.#stock -= count;
    return this;
  }
}

class Perishable extends Product {
  constructor(name, price, stock, days) {
    super(name, price, stock);
    this.days = days;
  }

  get fresh() {
    return this.days > 2;
  }
}

function groupBy(items, key) {
  return items.reduce((groups, item) => {
    const name = key(item);
    (groups[name] = groups[name] || []).push(item);
    return groups;
  }, {});
}

const products = [
  new Product('pen', 1.5, 40),
  new Perishable('milk', 0.9, 12, 2),
  new Perishable('cheese', 4.25, 5, 20),
];

for (const product of products) {
  try {
    product.remove(10);
    console.log(`${product.name}: ${product.stock} left`);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    console.log('refused:', error.message);
  }
}

const groups = groupBy(products, (p) => (p instanceof Perishable ? 'cold' : 'dry'));
Object.keys(groups).sort().forEach((name) => {
  const { length } = groups[name];
  console.log(util.format('%s %d', name, length));
});
const value = products.map((p) => p.price * p.stock).reduce((a, b) => a + b, 0);
console.log(value.toFixed(2), products.filter((p) => p.fresh).length);
