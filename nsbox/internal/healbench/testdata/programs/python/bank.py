from abc import ABC, abstractmethod
from contextlib import contextmanager
import math
import random


class Account(ABC):
    count = 0

    def __init__(self, owner, balance=0):
        self.owner = owner
        self._balance = balance
        self.history = []
        Account.count += 1

    @property
    def balance(self):
        return self._balance

    @abstractmethod
    def fee(self, amount):
        ...

    def withdraw(self, amount):
        cost = amount + self.fee(amount)
        if cost > self._balance:
            raise ValueError(f"{self.owner} lacks {cost - self._balance:.2f}")
        self._balance -= cost
        self.history.append(("withdraw", amount))

    def deposit(self, amount):
        if amount <= 0:
            raise ValueError("nothing to deposit")
        self._balance += amount
        self.history.append(("deposit", amount))


class Checking(Account):
    def fee(self, amount):
        return 1


class Savings(Account):
    def __init__(self, owner, balance, rate):
        super().__init__(owner, balance)
        self.rate = rate

    def fee(self, amount):
        return math.ceil(amount * 0.01)

    def accrue(self, years):
        for _ in range(years):
            self._balance = round(self._balance * (1 + self.rate), 2)


@contextmanager
def section(title):
    print("<" + title + ">")
    yield
    print("</" + title + ">")


random.seed(7)
accounts = [Checking("Ada", 50), Savings("Bob", 200, 0.1)]
with section("moves"):
    for account in accounts:
        for amount in (20, 45):
            try:
                account.withdraw(amount)
            except ValueError as error:
                print("refused:", error)
    accounts[0].deposit(5.5)
    accounts[1].accrue(2)
with section("state"):
    for account in accounts:
        print(type(account).__name__, account.owner, account.balance, len(account.history))
print(Account.count, sum(a.balance for a in accounts) > 100, random.random() < 1)
