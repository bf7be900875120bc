class Node {
  constructor(key) {
    this.key = key;
    this.left = null;
    this.right = null;
  }
}

class Tree {
  constructor() {
    this.root = null;
    this.size = 0;
  }

  insert(key) {
    const node = new Node(key);
    this.size++;
    if (this.root === null) {
      this.root = node;
      return;
    }
    let current = this.root;
    while (true) {
      if (key < current.key) {
        if (!current.left) {
          current.left = node;
          return;
        }
        current = current.left;
      } else {
        if (!current.right) {
          current.right = node;
          return;
        }
        current = current.right;
      }
    }
  }

  *walk(node = this.root) {
    if (node) {
      yield* this.walk(node.left);
      yield node.key;
      yield* this.walk(node.right);
    }
  }

  height(node = this.root) {
    return node ? 1 + Math.max(this.height(node.left), this.height(node.right)) : 0;
  }
}

const tree = new Tree();
[50, 30, 70, 20, 40, 60, 80, 10].forEach((key) => tree.insert(key));
console.log([...tree.walk()].join(","));
console.log("height", tree.height(), "size", tree.size);
