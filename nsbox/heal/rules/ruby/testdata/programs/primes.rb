def prime?(n)
  return false if n < 2
  i = 2
  while i * i <= n
    return false if n % i == 0
    i += 1
  end
  true
end

def factors(n)
  result = []
  divisor = 2
  until n == 1
    if n % divisor == 0
      result.push(divisor)
      n /= divisor
    else
      divisor += 1
    end
  end
  result
end

primes = (1..30).select { |n| prime?(n) }
puts primes.inspect
puts primes.each_slice(4).map { |slice| slice.join(" ") }
for number in [12, 97, 360]
  puts number.to_s + " = " + factors(number).join(" * ")
end
fib = [0, 1]
10.times { fib << fib[-1] + fib[-2] }
puts "fib: #{fib.join(",")}"
