from functools import wraps, reduce
import itertools
import operator


def traced(function):
    calls = 0

    @wraps(function)
    def inner(*args, **kwargs):
        nonlocal calls
        calls += 1
        inner.calls = calls
        return function(*args, **kwargs)

    return inner


@traced
def collatz(number):
    steps = 0
    while number != 1:
        number = number // 2 if number % 2 == 0 else 3 * number + 1
        steps += 1
    return steps


def chunks(sequence, size):
    for start in range(0, len(sequence), size):
        yield sequence[start:start + size]


def primes():
    found = []
    for candidate in itertools.count(2):
        if all(candidate % prime for prime in found):
            found.append(candidate)
            yield candidate


print([collatz(n) for n in range(1, 11)], collatz.calls)
print(list(chunks("abcdefghij", 4)))
first = list(itertools.islice(primes(), 10))
print(first, reduce(operator.mul, first))
pairs = {a: b for a, b in zip("xyz", itertools.accumulate([1, 2, 3]))}
print(pairs, sorted(pairs, reverse=True))
