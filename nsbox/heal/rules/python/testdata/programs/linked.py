class Node:
    def __init__(self, value, following=None):
        self.value = value
        self.following = following


class LinkedList:
    def __init__(self, values=()):
        self.head = None
        self.size = 0
        for value in values:
            self.append(value)

    def append(self, value):
        node = Node(value)
        self.size += 1
        if self.head is None:
            self.head = node
            return
        last = self.head
        while last.following is not None:
            last = last.following
        last.following = node

    def reverse(self):
        previous = None
        current = self.head
        while current:
            current.following, previous, current = previous, current, current.following
        self.head = previous

    def __iter__(self):
        node = self.head
        while node:
            yield node.value
            node = node.following

    def __len__(self):
        return self.size

    def __repr__(self):
        return "LinkedList(" + ", ".join(repr(value) for value in self) + ")"


numbers = LinkedList([3, 1, 2])
numbers.append(7)
numbers.reverse()
print(numbers, len(numbers))
print(sum(numbers), max(numbers), 7 in numbers)
assert list(numbers) == [7, 2, 1, 3]
