# A bank with accounts and a log of what happened.
class InsufficientFunds < StandardError
  def initialize(amount)
    super("insufficient funds: missing #{amount}")
  end
end

class Account
  attr_reader :owner, :balance

  def initialize(owner, balance = 0)
    @owner = owner
    @balance = balance
    @history = []
  end

  def deposit(amount)
    raise ArgumentError, "amount must be positive" unless amount.positive?

    @balance += amount
    @history << [:deposit, amount]
    self
  end

  def withdraw(amount)
    if amount > @balance
      raise InsufficientFunds.new(amount - @balance)
    else
      @balance -= amount
      @history << [:withdraw, amount]
    end
    self
  end

  def report
    lines = @history.map { |kind, amount| "#{kind}: #{amount}" }
    "#{@owner} has #{@balance} (#{lines.join(", ")})"
  end
end

account = Account.new("Ada", 50)
account.deposit(100).withdraw(30)
puts account.report
begin
  account.withdraw(500)
rescue InsufficientFunds => error
  puts "error: " + error.message
ensure
  puts "balance is " + account.balance.to_s
end
