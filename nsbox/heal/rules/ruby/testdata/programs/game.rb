GRID = ["#####", "#..x#", "#.#.#", "#####"].freeze

class Player
  attr_reader :row, :column, :steps

  MOVES = { up: [-1, 0], down: [1, 0], left: [0, -1], right: [0, 1] }.freeze

  def initialize(row, column)
    @row = row
    @column = column
    @steps = 0
  end

  def move(direction)
    delta_row, delta_column = MOVES.fetch(direction)
    next_row = @row + delta_row
    next_column = @column + delta_column
    return false if GRID[next_row][next_column] == "#"

    @row = next_row
    @column = next_column
    @steps += 1
    true
  end

  def at_goal?
    GRID[@row][@column] == "x"
  end
end

player = Player.new(1, 1)
%i[up right right down].each do |direction|
  moved = player.move(direction)
  puts "#{direction}: #{moved ? "moved" : "blocked"}"
  break if player.at_goal?
end
puts "position: #{player.row}, #{player.column}"
puts "steps: " + player.steps.to_s
puts "goal!" if player.at_goal?
