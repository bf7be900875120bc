class Parser:
    """Reads sums and products."""

    def __init__(self, text):
        self.tokens = list(self.split(text))
        self.position = 0

    @staticmethod
    def split(text):
        number = ""
        for char in text + " ":
            if char.isdigit() or char == ".":
                number += char
                continue
            if number:
                yield float(number)
                number = ""
            if char in "+-*/()":
                yield char

    def peek(self):
        if self.position < len(self.tokens):
            return self.tokens[self.position]
        return None

    def take(self):
        token = self.peek()
        self.position += 1
        return token

    def expression(self):
        value = self.term()
        while self.peek() in ("+", "-"):
            if self.take() == "+":
                value += self.term()
            else:
                value -= self.term()
        return value

    def term(self):
        value = self.factor()
        while self.peek() in ("*", "/"):
            if self.take() == "*":
                value *= self.factor()
            else:
                value /= self.factor()
        return value

    def factor(self):
        token = self.take()
        if token == "(":
            value = self.expression()
            self.take()
            return value
        if token == "-":
            return -self.factor()
        return token


for line in ["1 + 2 * 3", "(1 + 2) * 3", "10 / 4 - 1", "-(2 + 3)"]:
    print(line, "=", Parser(line).expression())
