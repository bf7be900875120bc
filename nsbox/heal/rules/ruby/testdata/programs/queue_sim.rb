require "json"
require "time"

class TaskQueue
  def initialize
    @tasks = []
    @done = 0
  end

  def add(title, priority: 1)
    @tasks << { title: title, priority: priority }
    self
  end

  def run
    until @tasks.empty?
      task = @tasks.sort_by! { |t| -t[:priority] }.shift
      yield task[:title] if block_given?
      @done += 1
    end
  end

  def to_json(*args)
    JSON.generate({ done: @done, waiting: @tasks.size }, *args)
  end
end

queue = TaskQueue.new
queue.add("write").add("test", priority: 5).add("ship", priority: 3)
queue.run do |title|
  puts "running #{title}"
end
puts queue.to_json
data = JSON.parse('{"name": "Lin", "tags": ["x", "y"]}')
puts data["name"]
puts data["tags"].map(&:upcase).join("-")
moment = Time.parse("2024-05-06 07:08:09 UTC")
puts moment.strftime("%d.%m.%Y")
