# nsbox:why: Pipelines, process substitution, here-documents, coprocesses, arrays and background jobs.
# nsbox:stdout: 3 c b a
# nsbox:stdout: same
# nsbox:stdout: here 42
# nsbox:stdout: co:hello
# nsbox:stdout: 4 jobs, last 3
echo "$(printf 'b\na\nc\n' | sort -r | tee /tmp/x | wc -l) $(tr '\n' ' ' </tmp/x | sed 's/ $//')"
diff <(echo x) <(echo x) && echo same
cat <<EOF
here $((6 * 7))
EOF
coproc C { read -r l; echo "co:$l"; }
# The shell closes its end as soon as the coprocess ends: a copy stays.
exec 3<&"${C[0]}"
echo hello >&"${C[1]}"
read -r line <&3 && echo "$line"
for i in 0 1 2 3; do (exit "$i") & pids[i]=$!; done
for p in "${pids[@]}"; do wait "$p"; last=$?; done
echo "${#pids[@]} jobs, last $last"
