const readings = [
  { city: "Oslo", temps: [3, 5, -1] },
  { city: "Rome", temps: [15, 18, 21] },
];

const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;

function label(value) {
  if (value < 5) {
    return "cold";
  } else if (value < 20) {
    return "mild";
  } else {
    return "hot";
  }
}

console.log("City".padEnd(8) + "Mean".padStart(6));
console.log("-".repeat(14));
readings.forEach(({ city, temps }) => {
  const value = mean(temps);
  console.log(city.padEnd(8) + value.toFixed(1).padStart(6) + " " + label(value));
});

const date = new Date(Date.UTC(2024, 1, 29));
date.setUTCDate(date.getUTCDate() + 1);
console.log(date.toISOString().slice(0, 10));

let attempts = 0;
do {
  attempts++;
} while (attempts < 3);
console.log("attempts: " + attempts);

const big = 2n ** 64n;
console.log(big.toString(), typeof big);
