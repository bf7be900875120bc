"""Stock of a small shop."""
from collections import defaultdict
from dataclasses import dataclass, field


@dataclass
class Item:
    name: str
    price: float
    quantity: int = 0
    tags: list = field(default_factory=list)

    def total(self):
        return self.price * self.quantity


class Inventory:
    def __init__(self):
        self.items = {}

    def add(self, item):
        if item.name in self.items:
            self.items[item.name].quantity += item.quantity
        else:
            self.items[item.name] = item

    def remove(self, name, count=1):
        item = self.items.get(name)
        if item is None:
            raise KeyError(f"no such item: {name}")
        item.quantity = max(0, item.quantity - count)

    def by_tag(self):
        groups = defaultdict(list)
        for item in self.items.values():
            for tag in item.tags:
                groups[tag].append(item.name)
        return groups


shop = Inventory()
shop.add(Item("pen", 1.25, 40, ["paper", "office"]))
shop.add(Item("lamp", 30.0, 2, ["office"]))
shop.add(Item("pen", 1.25, 10))
shop.remove("lamp")
for tag, found in sorted(shop.by_tag().items()):
    print(tag, ", ".join(sorted(found)))
print("value:", sum(item.total() for item in shop.items.values()))
try:
    shop.remove("chair")
except KeyError as error:
    print("error:", error)
