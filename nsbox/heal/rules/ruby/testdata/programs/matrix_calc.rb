def multiply(a, b)
  rows = a.length
  columns = b[0].length
  result = Array.new(rows) { Array.new(columns, 0) }
  rows.times do |i|
    columns.times do |j|
      (0...b.length).each do |k|
        result[i][j] += a[i][k] * b[k][j]
      end
    end
  end
  result
end

def transpose(matrix)
  matrix[0].each_index.map { |j| matrix.map { |row| row[j] } }
end

first = [[1, 2], [3, 4]]
second = [[0, 1], [1, 0]]
product = multiply(first, second)
product.each { |row| puts row.join(" ") }
puts transpose([[1, 2, 3], [4, 5, 6]]).inspect
numbers = [5, 3, 9, 1]
sorted = numbers.dup
sorted.length.times do |i|
  (sorted.length - i - 1).times do |j|
    if sorted[j] > sorted[j + 1]
      sorted[j], sorted[j + 1] = sorted[j + 1], sorted[j]
    end
  end
end
puts "sorted: #{sorted}"
puts "max: #{numbers.max}, min: #{numbers.min}, sum: #{numbers.reduce(:+)}"
