class Account {
  #balance = 0;
  static count = 0;

  constructor(owner, balance) {
    this.owner = owner;
    this.#balance = balance;
    this.history = [];
    Account.count++;
  }

  deposit(amount) {
    if (amount <= 0) {
      throw new RangeError("amount must be positive");
    }
    this.#balance += amount;
    this.history.push({ type: "deposit", amount });
  }

  withdraw(amount) {
    if (amount > this.#balance) {
      throw new Error(`${this.owner} has only ${this.#balance}`);
    }
    this.#balance -= amount;
    this.history.push({ type: "withdraw", amount });
  }

  get balance() {
    return this.#balance;
  }
}

class Savings extends Account {
  constructor(owner, balance, rate) {
    super(owner, balance);
    this.rate = rate;
  }

  addInterest() {
    this.deposit(Math.round(this.balance * this.rate));
  }
}

const savings = new Savings("Eve", 200, 0.05);
savings.addInterest();
savings.withdraw(60);
try {
  savings.withdraw(1000);
} catch (err) {
  console.log("refused:", err.message);
}
console.log(savings.balance, savings.history.length, Account.count);
for (const { type, amount } of savings.history) {
  console.log(`${type.padStart(10)} ${amount.toFixed(2)}`);
}
