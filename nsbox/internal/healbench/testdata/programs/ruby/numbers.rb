def primes(limit)
  sieve = Array.new(limit + 1, true)
  (2..Math.sqrt(limit).to_i).each do |n|
    next unless sieve[n]
    (n * n).step(limit, n) { |m| sieve[m] = false }
  end
  (2..limit).select { |n| sieve[n] }
end

def gcd(a, b)
  while b != 0
    a, b = b, a % b
  end
  a
end

def grade(points)
  case points
  when 90..100 then 'A'
  when 80...90 then 'B'
  else
    if points.zero?
      'none'
    elsif points < 50
      'F'
    else
      'C'
    end
  end
end

Stats = Struct.new(:mean, :median)

def stats(values)
  sorted = values.sort
  middle = sorted.length / 2
  median = sorted.length.odd? ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2.0
  Stats.new(values.sum.to_f / values.size, median)
end

puts primes(30).join(' ')
puts gcd(84, 36)
scores = { 'ada' => 95, 'bob' => 83, 'cy' => 41, 'dee' => 0 }
scores.each do |name, points|
  printf("%-4s %s\n", name, grade(points))
end
result = stats(scores.values)
puts "mean #{result.mean.round(2)} median #{result.median}"
words = %w[apple pear fig cherry]
puts words.group_by(&:length).map { |k, v| "#{k}:#{v.join(',')}" }.sort.inspect
total = 0
1.upto(5) { |i| total += i**2 }
puts 'total ' + total.to_s
puts words.each_with_index.map { |w, i| w[0].upcase + i.to_s }.join('-')
