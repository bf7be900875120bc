# nsbox:class: output
# nsbox:expect: verdict=output_limit
# nsbox:limits: max_output=64KiB timeout=5s
# nsbox:why: Both streams flooded at once by several writers, byte by byte and in blocks, with no end.
(head -c 200000000 /dev/zero &)
(head -c 200000000 /dev/zero >&2 &)
i=0
while [ $i -lt 200000 ]; do
    printf x
    printf y >&2
    i=$((i + 1))
done
