import string

LOWER = string.ascii_lowercase


def shift(char, offset):
    if char.lower() not in LOWER:
        return char
    index = (LOWER.index(char.lower()) + offset) % len(LOWER)
    moved = LOWER[index]
    return moved.upper() if char.isupper() else moved


def encrypt(text, offset):
    return "".join(shift(char, offset) for char in text)


def crack(text, word):
    for offset in range(26):
        guess = encrypt(text, -offset)
        if word in guess:
            return offset, guess
    return None


secret = encrypt("Meet me at the old bridge!", 11)
print("secret:", secret)
found = crack(secret, "bridge")
if found is not None:
    offset, plain = found
    print("offset", offset, "->", plain)
digits = [int(d) for d in str(2 ** 20)]
print(digits, sum(digits))
