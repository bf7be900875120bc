PROGRAM = """
push 6
push 7
mul
push 2
sub
print
dup
print
"""

total_steps = 0


def run(source):
    global total_steps
    stack = []
    output = []
    for line in source.strip().splitlines():
        parts = line.split()
        command, arguments = parts[0], parts[1:]
        total_steps += 1
        if command == "push":
            stack.append(int(arguments[0]))
        elif command == "mul":
            right, left = stack.pop(), stack.pop()
            stack.append(left * right)
        elif command == "sub":
            right, left = stack.pop(), stack.pop()
            stack.append(left - right)
        elif command == "dup":
            stack.append(stack[-1])
        elif command == "print":
            output.append(stack[-1])
        else:
            raise ValueError("unknown command " + command)
    return output


for value in run(PROGRAM):
    print("out:", value)
print("steps:", total_steps)
