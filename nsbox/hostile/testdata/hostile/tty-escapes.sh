# nsbox:class: terminal
# nsbox:expect: contained
# nsbox:check: escapes
# nsbox:why: Control sequences in output pass byte for byte as the program's own, and are escaped wherever nsbox prints them itself.
printf '\033]0;title\007\033]52;c;ZXZpbA==\007\033P$q"p\033\\\033[6n\033[21t\033c\033[2J\302\233A\n'
printf '\033]1337;File=name=x:AAAA\007\r\b\b\b\177\000\233A\n' >&2
echo 'CONTAINED 0x1b seen'
