module Convert
  FREEZING = 32

  def self.to_celsius(fahrenheit)
    ((fahrenheit - FREEZING) * 5.0 / 9).round(1)
  end

  def self.to_fahrenheit(celsius)
    (celsius * 9.0 / 5 + FREEZING).round(1)
  end
end

readings = { "mon" => 50, "tue" => 68, "wed" => 86 }
readings.each do |day, value|
  celsius = Convert.to_celsius(value)
  if celsius > 25
    puts "#{day}: hot (#{celsius})"
  elsif celsius >= 20
    puts "#{day}: warm (#{celsius})"
  else
    puts "#{day}: cold (#{celsius})"
  end
end

average = readings.values.sum / readings.size
puts "average: " + average.to_s
puts "back: #{Convert.to_fahrenheit(30)}"
warmest, degrees = readings.max_by { |_, value| value }
puts "warmest: #{warmest} at #{degrees}"
puts "none above 100" unless readings.any? { |_, value| value > 100 }
