import re
from collections import Counter

TEXT = """The quick brown fox jumps over the lazy dog.
The dog sleeps; the fox doesn't."""

STOP = {"the", "over", "a"}


def words(text):
    for match in re.finditer(r"[a-z']+", text.lower()):
        word = match.group(0)
        if word not in STOP:
            yield word


def histogram(counts, width=20):
    longest = max(len(word) for word in counts)
    most = max(counts.values())
    for word, number in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
        bar = "#" * (number * width // most)
        print(f"{word:<{longest}} {bar} {number}")


counts = Counter(words(TEXT))
histogram(counts, width=10)
print("distinct:", len(counts), "total:", sum(counts.values()))
