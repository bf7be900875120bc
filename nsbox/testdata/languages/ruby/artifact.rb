File.write("/workspace/out.txt", "artifact\n")
