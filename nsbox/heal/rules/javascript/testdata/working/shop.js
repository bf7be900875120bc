const { EventEmitter } = require("events");

class Shop extends EventEmitter {
  constructor(name) {
    super();
    this.name = name;
    this.stock = new Map();
  }

  add(item, count = 1) {
    const before = this.stock.get(item) || 0;
    this.stock.set(item, before + count);
    this.emit("added", item, count);
  }

  sell(item) {
    const left = this.stock.get(item);
    if (!left) {
      this.emit("missing", item);
      return false;
    }
    this.stock.set(item, left - 1);
    return true;
  }
}

const shop = new Shop("corner");
shop.on("added", (item, count) => console.log("added", count, item));
shop.on("missing", (item) => console.log("no", item));
shop.add("apple", 3);
shop.add("pear");
console.log(shop.sell("apple"), shop.sell("plum"));
console.log([...shop.stock.entries()].map(([k, v]) => k + "=" + v).join(", "));
