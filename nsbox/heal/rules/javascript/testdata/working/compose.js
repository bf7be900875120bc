const compose = (...fns) => (value) => fns.reduceRight((acc, fn) => fn(acc), value);
const curry = (fn) => {
  const next = (...args) => {
    if (args.length >= fn.length) {
      return fn(...args);
    }
    return (...more) => next(...args, ...more);
  };
  return next;
};

const add = curry((a, b, c) => a + b + c);
const double = (n) => n * 2;
const square = (n) => n ** 2;

console.log(add(1)(2)(3), add(1, 2)(3));
console.log(compose(double, square)(5));

function groupBy(list, keyOf) {
  return list.reduce((groups, item) => {
    const key = keyOf(item);
    (groups[key] ??= []).push(item);
    return groups;
  }, {});
}

const people = [
  { name: "Ida", age: 31 },
  { name: "Jon", age: 17 },
  { name: "Kay", age: 45 },
];
const groups = groupBy(people, (person) => (person.age >= 18 ? "adult" : "minor"));
for (const [key, members] of Object.entries(groups)) {
  console.log(`${key}: ${members.map((m) => m.name).join("/")}`);
}
const { name: first, ...rest } = people[0];
console.log(first, rest);
