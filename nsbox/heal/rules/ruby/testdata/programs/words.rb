require "set"

TEXT = <<~END_OF_TEXT
  the quick brown fox jumps over the lazy dog
  the dog sleeps while the fox runs away
END_OF_TEXT

def count_words(text)
  counts = Hash.new(0)
  text.split.each do |word|
    counts[word] += 1
  end
  counts
end

def longest(words)
  words.max_by { |word| [word.length, word] }
end

counts = count_words(TEXT)
unique = Set.new(counts.keys)
puts "unique: #{unique.size}"
counts.sort_by { |word, count| [-count, word] }.first(3).each do |word, count|
  puts "#{word.ljust(8)}#{count}"
end
puts "longest: " + longest(counts.keys)
vowels = TEXT.chars.select { |c| "aeiou".include?(c) }
puts "vowels: #{vowels.length}"
