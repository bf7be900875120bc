module Describable
  def describe
    "#{self.class.name.downcase} with area #{area.round(2)}"
  end
end

class Shape
  include Describable
  attr_reader :name

  def initialize(name)
    @name = name
  end

  def area
    raise NotImplementedError
  end
end

class Circle < Shape
  def initialize(radius)
    super("circle")
    @radius = radius
  end

  def area
    Math::PI * @radius**2
  end
end

class Rectangle < Shape
  def initialize(width, height)
    super("rectangle")
    @width = width
    @height = height
  end

  def area
    @width * @height
  end
end

shapes = [Circle.new(1.5), Rectangle.new(3, 4), Circle.new(0.5)]
shapes.each { |shape| puts shape.describe }
total = shapes.sum { |shape| shape.area }
puts format("total: %.3f", total)
biggest = shapes.max_by(&:area)
puts "biggest: #{biggest.name}"
