function* naturals(limit) {
  let n = 1;
  while (n <= limit) {
    yield n;
    n += 1;
  }
}

function isPrime(n) {
  if (n < 2) return false;
  for (let d = 2; d * d <= n; d++) {
    if (n % d === 0) {
      return false;
    }
  }
  return true;
}

const primes = [];
for (const n of naturals(30)) {
  if (isPrime(n)) {
    primes.push(n);
  }
}
console.log(primes.join(" "));
console.log("sum", primes.reduce((total, p) => total + p, 0));

const memo = new Map();
function fib(n) {
  if (n <= 1) return n;
  if (memo.has(n)) {
    return memo.get(n);
  }
  const value = fib(n - 1) + fib(n - 2);
  memo.set(n, value);
  return value;
}
console.log(fib(40));
