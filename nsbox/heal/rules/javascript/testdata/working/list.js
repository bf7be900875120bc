class LinkedList {
  #head = null;
  #length = 0;

  static from(iterable) {
    const list = new LinkedList();
    for (const value of iterable) list.append(value);
    return list;
  }

  append(value) {
    const node = { value, next: null };
    if (this.#head === null) {
      this.#head = node;
    } else {
      let current = this.#head;
      while (current.next !== null) {
        current = current.next;
      }
      current.next = node;
    }
    this.#length += 1;
    return this;
  }

  reverse() {
    let previous = null;
    let current = this.#head;
    while (current) {
      [current.next, previous, current] = [previous, current, current.next];
    }
    this.#head = previous;
    return this;
  }

  get length() {
    return this.#length;
  }

  *[Symbol.iterator]() {
    for (let node = this.#head; node; node = node.next) {
      yield node.value;
    }
  }

  toString() {
    return [...this].join(" -> ");
  }
}

const list = LinkedList.from([1, 2, 3]).append(4);
console.log(`${list}`);
console.log(String(list.reverse()), list.length);
console.log(Math.max(...list), [...list].indexOf(3));
const lazy = {
  *range(from, to, step = 1) {
    for (let n = from; n < to; n += step) yield n;
  },
};
console.log(Array.from(lazy.range(0, 10, 3)));
