echo artifact > /workspace/out.txt
