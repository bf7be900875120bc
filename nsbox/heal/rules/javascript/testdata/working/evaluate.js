"use strict";

const rules = [
  { pattern: /^\d+$/, kind: "number" },
  { pattern: /^[a-z_]\w*$/i, kind: "name" },
  { pattern: /^[-+*\/()]$/, kind: "operator" },
];

function tokenize(source) {
  const tokens = source.match(/\d+|\w+|[-+*\/()]/g) || [];
  return tokens.map((value) => {
    const rule = rules.find((r) => r.pattern.test(value));
    return { value, kind: rule ? rule.kind : "unknown" };
  });
}

function evaluate(source) {
  const tokens = tokenize(source);
  let position = 0;
  const peek = () => (position < tokens.length ? tokens[position].value : null);
  const next = () => tokens[position++].value;

  function factor() {
    if (peek() === "(") {
      next();
      const inner = expression();
      next();
      return inner;
    }
    return Number(next());
  }

  function term() {
    let value = factor();
    while (peek() === "*" || peek() === "/") {
      value = next() === "*" ? value * factor() : value / factor();
    }
    return value;
  }

  function expression() {
    let value = term();
    while (peek() === "+" || peek() === "-") {
      value = next() === "+" ? value + term() : value - term();
    }
    return value;
  }

  return expression();
}

for (const source of ["1 + 2 * 3", "(1 + 2) * 3", "20 / 4 - 1"]) {
  console.log(source, "=", evaluate(source));
}
console.log(tokenize("x1 + 22").map((t) => t.kind).join("|"));
