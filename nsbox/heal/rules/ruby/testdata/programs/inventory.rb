Item = Struct.new(:name, :price, :quantity) do
  def total
    price * quantity
  end
end

items = [
  Item.new("apple", 0.5, 10),
  Item.new("banana", 0.25, 4),
  Item.new("cherry", 3.0, 2)
]

def discount(amount, rate: 0.1, minimum: 5)
  return amount if amount < minimum

  amount - amount * rate
end

subtotal = items.map(&:total).sum
puts "subtotal: #{subtotal}"
puts "discounted: #{discount(subtotal, rate: 0.2)}"
puts "small: #{discount(3, minimum: 4)}"

stock = { "apple" => 10, "banana" => 0, "cherry" => 2 }
stock.each do |name, amount|
  status = case amount
           when 0 then "sold out"
           when 1..5 then "low"
           else "fine"
           end
  puts "#{name}: #{status}"
end
config = { currency: "EUR", tax: 0.19, labels: ["a", "b"] }
puts config[:currency] + " " + config.fetch(:tax).to_s
puts config[:labels].first.upcase
puts stock.keys.sort.reverse.join(", ")
