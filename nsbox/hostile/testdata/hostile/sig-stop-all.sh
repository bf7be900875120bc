# nsbox:class: signals
# nsbox:expect: verdict=wall_timeout
# nsbox:limits: timeout=1s
# nsbox:why: Stopped children in sessions of their own, and a stopped shell, die at the deadline too.
for i in 1 2 3 4 5 6; do
    (setsid sh -c 'kill -STOP $$; sleep 20' &)
done
sleep 0.2
kill -STOP $$ 0
sleep 20
