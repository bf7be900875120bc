# nsbox:why: Threads, queues, fork, pipes and sockets.
# nsbox:stdout: 45 7 tcp forked
require 'socket'
q = Queue.new
10.times.map { |i| Thread.new { q << i } }.each(&:join)
sum = 0
sum += q.pop until q.empty?
pid = fork { exit 7 }
Process.wait(pid)
code = $?.exitstatus
s = TCPServer.new('127.0.0.1', 0)
t = Thread.new { c = s.accept; c.write('tcp'); c.close }
text = TCPSocket.new('127.0.0.1', s.addr[1]).read
t.join
r, w = IO.pipe
fork { w.write('forked') }
w.close
Process.wait
puts "#{sum} #{code} #{text} #{r.read}"
