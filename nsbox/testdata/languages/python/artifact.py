with open("/workspace/out.txt", "w") as f:
    f.write("artifact\n")
