const text = "She sells sea shells by the sea shore";

const vowels = [...text.toLowerCase()].filter((ch) => "aeiou".includes(ch)).length;
const capitalized = text
  .split(" ")
  .map((word) => word[0].toUpperCase() + word.slice(1))
  .join(" ");
const reversed = text.split("").reverse().join("");
const letterCounts = {};
for (const ch of text.replace(/\s/g, "").toLowerCase()) {
  letterCounts[ch] = (letterCounts[ch] ?? 0) + 1;
}
const top = Object.entries(letterCounts)
  .sort(([a, x], [b, y]) => y - x || a.localeCompare(b))
  .slice(0, 3);

console.log("vowels:", vowels);
console.log(capitalized);
console.log(reversed);
console.log(top.map(([ch, n]) => `${ch}=${n}`).join(";"));

function caesar(input, shift) {
  return input.replace(/[a-z]/gi, (ch) => {
    const base = ch <= "Z" ? 65 : 97;
    return String.fromCharCode(((ch.charCodeAt(0) - base + shift + 26) % 26) + base);
  });
}
const secret = caesar(text, 3);
console.log(secret);
console.log(caesar(secret, -3) === text);

function isPalindrome(s) {
  const clean = s.toLowerCase().replace(/[^a-z]/g, "");
  for (let i = 0, j = clean.length - 1; i < j; i++, j--) {
    if (clean[i] !== clean[j]) return false;
  }
  return true;
}
console.log(isPalindrome("A man, a plan, a canal: Panama"), isPalindrome("hello"));
