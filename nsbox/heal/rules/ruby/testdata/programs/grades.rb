students = [
  { name: "Mia", grades: [1, 2, 1] },
  { name: "Ben", grades: [3, 3, 2] },
  { name: "Zoe", grades: [] }
]

def average(grades)
  return nil if grades.empty?
  grades.sum.to_f / grades.size
end

def letter(value)
  case value
  when nil
    "no grades"
  when 0...1.5
    "excellent"
  when 1.5...2.5
    "good"
  else
    "ok"
  end
end

students.each_with_index do |student, index|
  value = average(student[:grades])
  shown = value ? value.round(2).to_s : "-"
  puts (index + 1).to_s + ". " + student[:name] + ": " + shown + " " + letter(value)
end
best = students.reject { |student| student[:grades].empty? }.min_by { |student| average(student[:grades]) }
puts "best: #{best[:name]}"
names = students.map { |student| student[:name] }
puts names.partition { |name| name.include?("e") }.inspect
loop do
  names.pop
  break if names.length == 1
end
puts names.first
printf("%d of %d\n", names.size, students.size)
