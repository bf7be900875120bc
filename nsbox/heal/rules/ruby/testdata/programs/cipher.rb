class Cipher
  ALPHABET = ("a".."z").to_a

  def initialize(shift)
    @shift = shift
  end

  def encode(text)
    translate(text, @shift)
  end

  def decode(text)
    translate(text, -@shift)
  end

  private

  def translate(text, by)
    text.chars.map do |char|
      index = ALPHABET.index(char.downcase)
      if index.nil?
        char
      else
        letter = ALPHABET[(index + by) % ALPHABET.size]
        char == char.upcase ? letter.upcase : letter
      end
    end.join
  end
end

cipher = Cipher.new(3)
secret = cipher.encode("Hello, World!")
puts secret
puts cipher.decode(secret)
puts secret.scan(/[a-z]+/i).length
checksum = secret.each_char.inject(0) { |sum, char| (sum * 31 + char.ord) % 997 }
puts "checksum #{checksum}"
squeezed = "aaabbb".squeeze
puts squeezed.gsub("a", "x").center(8, "*")
