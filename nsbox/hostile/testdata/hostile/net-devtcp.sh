# nsbox:class: network
# nsbox:expect: contained
# nsbox:args: {port}
# nsbox:why: The shell's own /dev/tcp and /dev/udp and the resolver reach nobody.
. /workspace/probe.sh
port=$1
refused bash -c "exec 3<>/dev/tcp/127.0.0.1/$port"
refused bash -c "exec 3<>/dev/tcp/localhost/$port"
refused bash -c "exec 3<>/dev/tcp/::1/$port"
refused timeout 1 bash -c "exec 3<>/dev/tcp/1.1.1.1/80"
refused timeout 1 bash -c "exec 3<>/dev/udp/8.8.8.8/53; echo x >&3"
refused timeout 1 bash -c "exec 3<>/dev/tcp/169.254.169.254/80"
refused timeout 2 getent hosts example.com
finish
