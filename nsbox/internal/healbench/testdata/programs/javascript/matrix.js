function multiply(a, b) {
  const result = [];
  for (let i = 0; i < a.length; i++) {
    result[i] = [];
    for (let j = 0; j < b[0].length; j++) {
      let sum = 0;
      for (let k = 0; k < b.length; k++) {
        sum += a[i][k] * b[k][j];
      }
      result[i][j] = sum;
    }
  }
  return result;
}

function* primes(limit) {
  const marked = new Array(limit + 1).fill(false);
  for (let n = 2; n <= limit; n++) {
    if (marked[n]) continue;
    yield n;
    for (let m = n * n; m <= limit; m += n) marked[m] = true;
  }
}

const memo = new Map();
function fibonacci(n) {
  if (n < 2) return n;
  if (!memo.has(n)) {
    memo.set(n, fibonacci(n - 1) + fibonacci(n - 2));
  }
  return memo.get(n);
}

function weekday(index) {
  switch (index) {
    case 0:
      return 'Sunday';
    case 6:
      return 'Saturday';
    default:
      return index > 6 ? 'none' : 'weekday';
  }
}

const product = multiply([[1, 2], [3, 4]], [[5, 6], [7, 8]]);
for (const row of product) {
  console.log(row.join(' '));
}
console.log([...primes(30)].join(','));
console.log(fibonacci(40));
const words = 'the rain in spain falls mainly'.split(' ');
const longest = words.reduce((best, word) => (word.length > best.length ? word : best), '');
console.log(longest.toUpperCase(), words.map((w) => w[0]).join(''));
const counts = {};
for (const letter of words.join('')) {
  counts[letter] = (counts[letter] ?? 0) + 1;
}
const [first] = Object.entries(counts).sort(([a, x], [b, y]) => y - x || a.localeCompare(b));
console.log(first[0] + ': ' + first[1]);
console.log([0, 3, 6, 9].map(weekday).join(' '));
const parsed = JSON.parse('{"name": "box", "sizes": [1, 2, 3]}');
console.log(parsed.name, Math.max(...parsed.sizes), parsed.sizes.includes(2));
