#include <algorithm>
#include <iomanip>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

class Item {
public:
    Item(const std::string& name, int quantity, double price) : name_(name), quantity_(quantity), price_(price) {}

    const std::string& name() const { return name_; }
    int quantity() const { return quantity_; }
    double value() const { return quantity_ * price_; }

    void take(int n) {
        if (n > quantity_) {
            throw std::runtime_error("not enough " + name_);
        }
        quantity_ -= n;
    }

private:
    std::string name_;
    int quantity_;
    double price_;
};

class Store {
public:
    void add(const Item& item) { items_.push_back(item); }

    Item* find(const std::string& name) {
        auto it = std::find_if(items_.begin(), items_.end(), [&name](const Item& i) { return i.name() == name; });
        return it == items_.end() ? nullptr : &*it;
    }

    double total() const {
        double sum = 0;
        for (const auto& item : items_) {
            sum += item.value();
        }
        return sum;
    }

    const std::vector<Item>& items() const { return items_; }

private:
    std::vector<Item> items_;
};

int main() {
    Store store;
    store.add(Item("bolts", 40, 0.25));
    store.add(Item("nuts", 12, 0.5));
    store.add(Item("gears", 3, 12.75));
    try {
        store.find("bolts")->take(10);
        store.find("gears")->take(5);
    } catch (const std::runtime_error& e) {
        std::cout << "refused: " << e.what() << std::endl;
    }
    std::map<std::string, int> counts;
    for (const Item& item : store.items()) {
        counts[item.name()] += item.quantity();
    }
    for (const auto& [name, quantity] : counts) {
        std::cout << std::setw(6) << name << " " << quantity << "\n";
    }
    std::cout << std::fixed << std::setprecision(2) << store.total() << "\n";
    return 0;
}
