require 'set'
require 'date'

module Describable
  def describe
    "#{self.class.name.downcase}: #{title}"
  end
end

class Book
  include Describable
  include Comparable
  attr_reader :title, :year
  attr_accessor :borrower

  def initialize(title, year)
    @title = title
    @year = year
    @borrower = nil
  end

  def <=>(other)
    year <=> other.year
  end

  def free?
    @borrower.nil?
  end
end

class LendingError < StandardError; end

class Library
  def initialize
    @books = {}
    @members = Set.new
  end

  def add(book)
    @books[book.title] = book
    self
  end

  def join(name)
    @members << name
  end

  def lend(title, name)
    raise LendingError, "#{name} is no member" unless @members.include?(name)
    book = @books.fetch(title) { raise LendingError, "no #{title}" }
    raise LendingError, "#{title} is out" unless book.free?
    book.borrower = name
  end

  def each_sorted
    @books.values.sort.each do |book|
      yield book
    end
  end
end

library = Library.new
library.add(Book.new('Dune', 1965)).add(Book.new('Emma', 1815))
library.join('ada')
[['Emma', 'ada'], ['Emma', 'ada'], ['Dune', 'bob']].each do |title, name|
  begin
    library.lend(title, name)
    puts "#{name} has #{title}"
  rescue LendingError => e
    puts "refused: #{e.message}"
  end
end
library.each_sorted { |book| puts "#{book.describe} #{book.free? ? 'in' : 'out'}" }
due = Date.new(2024, 2, 20) + 14
puts due.strftime('%d.%m.%Y')
