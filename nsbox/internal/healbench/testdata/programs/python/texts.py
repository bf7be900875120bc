import json
import re
from functools import lru_cache


def tokenize(text):
    return re.findall(r"[a-z']+", text.lower())


def frequencies(words, least=1):
    counts = {}
    for word in words:
        counts[word] = counts.get(word, 0) + 1
    return {word: n for word, n in counts.items() if n >= least}


@lru_cache(maxsize=None)
def distance(a, b):
    if not a or not b:
        return len(a) + len(b)
    if a[0] == b[0]:
        return distance(a[1:], b[1:])
    return 1 + min(distance(a[1:], b), distance(a, b[1:]), distance(a[1:], b[1:]))


class Caesar:
    ALPHABET = "abcdefghijklmnopqrstuvwxyz"

    def __init__(self, shift):
        self.shift = shift

    def encode(self, text):
        out = []
        for ch in text:
            if ch in self.ALPHABET:
                index = (self.ALPHABET.index(ch) + self.shift) % 26
                out.append(self.ALPHABET[index])
            else:
                out.append(ch)
        return "".join(out)

    def decode(self, text):
        return Caesar(-self.shift).encode(text)


def chunks(items, size):
    for start in range(0, len(items), size):
        yield items[start:start + size]


words = tokenize("The cat saw the other cat, and the cat ran. It's over!")
print(json.dumps(frequencies(words, least=2), sort_keys=True))
print(sorted(set(words), key=lambda w: (-len(w), w))[:4])
for pair in [("kitten", "sitting"), ("flaw", "lawn")]:
    print(pair[0], pair[1], distance(*pair))
secret = Caesar(5).encode("hello, world")
print(secret, Caesar(5).decode(secret))
total = 0
number = 27
while number != 1:
    number = number // 2 if number % 2 == 0 else 3 * number + 1
    total += 1
print("collatz " + str(total))
print([len(c) for c in chunks(words, 5)], all(len(w) > 1 for w in words))
