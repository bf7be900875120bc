class Stack {
  constructor() {
    this.items = [];
  }

  push(value) {
    this.items.push(value);
    return this;
  }

  pop() {
    if (this.isEmpty()) {
      throw new Error("stack is empty");
    }
    return this.items.pop();
  }

  isEmpty() {
    return this.items.length === 0;
  }

  get size() {
    return this.items.length;
  }
}

function balanced(text) {
  const pairs = { ")": "(", "]": "[", "}": "{" };
  const stack = new Stack();
  for (const ch of text) {
    if (Object.values(pairs).includes(ch)) {
      stack.push(ch);
    } else if (pairs[ch]) {
      if (stack.isEmpty() || stack.pop() !== pairs[ch]) {
        return false;
      }
    }
  }
  return stack.isEmpty();
}

for (const sample of ["(a[b]{c})", "(]", "((", ""]) {
  console.log(`"${sample}": ${balanced(sample)}`);
}
const s = new Stack().push(1).push(2);
console.log(s.size);
