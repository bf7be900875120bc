class InsufficientFunds(Exception):
    def __init__(self, needed, available):
        super().__init__(f"need {needed}, have {available}")
        self.needed = needed
        self.available = available


class Account:
    interest = 0.02

    def __init__(self, owner, balance=0):
        self.owner = owner
        self.balance = balance
        self.history = []

    def deposit(self, amount):
        if amount <= 0:
            raise ValueError("amount must be positive")
        self.balance += amount
        self.history.append(("deposit", amount))

    def withdraw(self, amount):
        if amount > self.balance:
            raise InsufficientFunds(amount, self.balance)
        self.balance -= amount
        self.history.append(("withdraw", amount))

    def __str__(self):
        return "%s: %.2f" % (self.owner, self.balance)


class Savings(Account):
    def add_interest(self):
        gain = round(self.balance * self.interest, 2)
        self.deposit(gain)
        return gain


account = Savings("Ada", 100)
account.deposit(50)
print("interest", account.add_interest())
try:
    account.withdraw(1000)
except InsufficientFunds as problem:
    print("refused:", problem, problem.needed - problem.available)
for kind, amount in account.history:
    print(kind.ljust(10), amount)
print(account)
