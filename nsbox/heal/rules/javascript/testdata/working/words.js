// Word statistics of a text.
const text = `the quick brown fox
jumps over the lazy dog
the end`;

function words(input) {
  return input.split(/\s+/).filter((word) => word.length > 0);
}

function frequencies(list) {
  const counts = {};
  for (const word of list) {
    counts[word] = (counts[word] || 0) + 1;
  }
  return counts;
}

const list = words(text);
const counts = frequencies(list);
const sorted = Object.keys(counts).sort((a, b) => counts[b] - counts[a] || a.localeCompare(b));
console.log("words:", list.length);
console.log("different:", sorted.length);
for (const word of sorted.slice(0, 3)) {
  console.log(word + " " + "*".repeat(counts[word]));
}
const longest = list.reduce((best, word) => (word.length > best.length ? word : best), "");
console.log("longest: " + longest.toUpperCase());
