# Prints core.txt: what the Ruby that runs this has without and with a require.
#
#   nsbox exec --no-heal --timeout 60s --cpu-time 60s generate.rb > core.txt
#
# A line is one class or module: its name, "#" for instances or "." for itself,
# "<" and its ancestors that have lines of their own, then its methods with their
# arity where it is not -1. "!" stands before methods that are private, as
# Kernel#puts. "const" lists constants of the top level, "error" classes of
# exceptions. "require" lists a library, the constants it defines, and the
# methods that it adds to classes that were there.
require "rbconfig"

def list(owner, names, private = false)
  names.sort.map do |m|
    arity = owner.instance_method(m).arity
    "#{"!" if private}#{m}#{"/#{arity}" if arity != -1}"
  end
end

def lines(mod, name)
  up = (mod.ancestors - [mod]).map(&:name).compact.grep_v(/^(BasicObject|PP::|DidYouMean|ErrorHighlight|JSON::Ext)/)
  own = list(mod, mod.public_instance_methods(false) + mod.protected_instance_methods(false))
  own += list(mod, mod.private_instance_methods(false) - %i[initialize initialize_copy initialize_dup initialize_clone], true) if [Kernel, Module, Object].include?(mod)
  puts "#{name}#<#{up.join(",")} #{own.join(" ")}" unless own.empty? && up.empty?
  meta = mod.singleton_class
  added = meta.included_modules - Class.included_modules
  own = list(meta, meta.public_instance_methods(false) | added.flat_map { |m| m.public_instance_methods(false) })
  own |= ["new"] if mod.is_a?(Class) && mod.respond_to?(:new)
  puts "#{name}.<#{mod.class.name} #{own.join(" ")}"
end

core = Object.constants.sort - %i[PP DidYouMean ErrorHighlight Gem RbConfig Monitor MonitorMixin RubyVM TracePoint Ractor Refinement UnboundMethod]
core.each do |c|
  next if Object.autoload?(c)
  mod = Object.const_get(c)
  next unless mod.is_a?(Module)
  next if mod.is_a?(Class) && mod < Exception && mod != StandardError
  lines(mod, c.to_s)
end
lines(Enumerator::Lazy, "Enumerator::Lazy")
puts "const #{core.join(" ")} PP RbConfig Monitor Ractor"
errors = ObjectSpace.each_object(Class).select { |c| c <= Exception && c.name && !c.name.include?("::") }.map(&:name)
puts "error #{errors.sort.join(" ")}"

libs = %w[
  abbrev base64 benchmark bigdecimal bigdecimal/math bigdecimal/util cgi coverage csv date delegate digest drb English erb etc
  expect fiddle fileutils find forwardable getoptlong io/console io/wait ipaddr json logger matrix minitest monitor net/http
  net/smtp nkf observer open3 open-uri openssl optparse ostruct pathname prime pstore psych pty racc readline reline resolv
  rexml/document rinda/tuplespace ripper rss securerandom set shellwords singleton socket stringio strscan syslog tempfile
  time timeout tmpdir tsort uri weakref yaml zlib objspace continuation test/unit
] - %w[test/unit]
ruby = RbConfig.ruby
probe = <<~'R'
  classes = ObjectSpace.each_object(Module).select { |m| m.name && !m.name.start_with?("Gem", "RubyVM", "ErrorHighlight", "DidYouMean", "Monitor") }
  snap = ->() { classes.to_h { |m| [m, [m.instance_methods(false), m.singleton_methods(false)]] } }
  consts, before = Object.constants, snap.()
  exit unless begin; require ARGV[0]; true; rescue LoadError; false; end
  after = snap.()
  out = (Object.constants - consts).sort.map(&:to_s)
  after.each do |m, (inst, sing)|
    next if m.name.include?("::") || m == Object.const_get(:Kernel) && false
    (inst - before[m][0]).sort.each { |x| out << "#{m.name}##{x}" }
    (sing - before[m][1]).sort.each { |x| out << "#{m.name}.#{x}" }
  end
  puts "require #{ARGV[0]} #{out.join(" ")}" unless out.empty?
R
libs.each { |lib| system(ruby, "-e", probe, lib, err: File::NULL) }

# Classes of the libraries that programs use most.
%w[set date time json ostruct stringio bigdecimal securerandom pathname logger matrix strscan].each { |lib| require lib }
[Set, Date, DateTime, JSON, OpenStruct, StringIO, SecureRandom, Pathname, Logger, StringScanner].each { |m| lines(m, m.name) }
