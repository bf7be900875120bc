class Node
  attr_accessor :value, :left, :right

  def initialize(value)
    @value = value
    @left = nil
    @right = nil
  end
end

class Tree
  include Enumerable

  def initialize
    @root = nil
    @size = 0
  end

  attr_reader :size

  def insert(value)
    @root = place(@root, value)
    @size += 1
    self
  end

  def each(&block)
    walk(@root, &block)
  end

  def depth(node = @root)
    return 0 if node.nil?

    1 + [depth(node.left), depth(node.right)].max
  end

  private

  def place(node, value)
    return Node.new(value) if node.nil?

    if value < node.value
      node.left = place(node.left, value)
    else
      node.right = place(node.right, value)
    end
    node
  end

  def walk(node, &block)
    return unless node

    walk(node.left, &block)
    block.call(node.value)
    walk(node.right, &block)
  end
end

tree = Tree.new
[50, 30, 70, 20, 40].each { |value| tree.insert(value) }
puts tree.to_a.join(" ")
puts "size #{tree.size}, depth #{tree.depth}"
puts tree.include?(40)
puts tree.select { |value| value > 35 }.inspect
