kept = []
while True:
    kept.append(b"x" * (1 << 20))  # written, so that the pages are really there
