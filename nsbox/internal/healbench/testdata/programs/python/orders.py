"""Orders of a small shop."""
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta


@dataclass
class Line:
    product: str
    quantity: int
    price: float

    @property
    def total(self):
        return self.quantity * self.price


@dataclass
class Order:
    customer: str
    placed: date
    lines: list = field(default_factory=list)

    def add(self, product, quantity=1, price=1.0):
        self.lines.append(Line(product, quantity, price))
        return self

    def total(self):
        return sum(line.total for line in self.lines)


class OutOfStock(Exception):
    pass


def reserve(stock, order):
    for line in order.lines:
        if stock.get(line.product, 0) < line.quantity:
            raise OutOfStock(f"{line.product} is short")
        stock[line.product] -= line.quantity


def by_customer(orders):
    totals = defaultdict(float)
    for order in orders:
        totals[order.customer] += order.total()
    return dict(totals)


def main():
    start = date(2024, 2, 27)
    orders = []
    for i, customer in enumerate(["Ada", "Bob", "Ada"]):
        order = Order(customer, start + timedelta(days=i))
        order.add("tea", i + 1, 2.5).add("cup", price=4.0)
        orders.append(order)
    stock = {"tea": 4, "cup": 10}
    for order in orders:
        try:
            reserve(stock, order)
        except OutOfStock as e:
            print("refused:", e)
        else:
            print(f"{order.placed.isoformat()} {order.customer:<5}{order.total():8.2f}")
    for customer, total in sorted(by_customer(orders).items()):
        print("%s: %.1f" % (customer, total))
    print(stock, max(orders, key=lambda o: o.total()).customer)


if __name__ == "__main__":
    main()
