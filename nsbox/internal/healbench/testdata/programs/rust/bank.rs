use std::collections::HashMap;
use std::fmt;

#[derive(Debug, Clone, PartialEq)]
enum BankError {
    Insufficient { needed: u64, available: u64 },
    NoAccount(String),
}

impl fmt::Display for BankError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            BankError::Insufficient { needed, available } => {
                write!(f, "needs {} but has {}", needed, available)
            }
            BankError::NoAccount(name) => write!(f, "no account {}", name),
        }
    }
}

struct Bank {
    accounts: HashMap<String, u64>,
}

impl Bank {
    fn new() -> Self {
        Bank { accounts: HashMap::new() }
    }

    fn deposit(&mut self, name: &str, amount: u64) {
        *self.accounts.entry(name.to_string()).or_insert(0) += amount;
    }

    fn withdraw(&mut self, name: &str, amount: u64) -> Result<u64, BankError> {
        let balance = self
            .accounts
            .get_mut(name)
            .ok_or_else(|| BankError::NoAccount(name.to_string()))?;
        if *balance < amount {
            return Err(BankError::Insufficient { needed: amount, available: *balance });
        }
        *balance -= amount;
        Ok(*balance)
    }
}

fn main() {
    let mut bank = Bank::new();
    bank.deposit("ada", 100);
    bank.deposit("ada", 50);
    match bank.withdraw("ada", 30) {
        Ok(left) => println!("left {}", left),
        Err(e) => println!("error: {}", e),
    }
    for (name, amount) in [("ada", 500), ("bob", 1)] {
        if let Err(e) = bank.withdraw(name, amount) {
            println!("{}: {}", name, e);
        }
    }
    println!("total {}", bank.accounts.values().sum::<u64>());
}
