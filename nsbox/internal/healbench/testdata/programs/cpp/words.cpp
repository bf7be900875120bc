#include <algorithm>
#include <cctype>
#include <iostream>
#include <set>
#include <sstream>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

using namespace std;

struct Entry {
    string word;
    int count;

    bool operator<(const Entry& other) const {
        if (count != other.count) {
            return count > other.count;
        }
        return word < other.word;
    }
};

enum class Kind { Short, Long };

Kind kindOf(const string& word) {
    return word.length() < 5 ? Kind::Short : Kind::Long;
}

string lower(string text) {
    transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return tolower(c); });
    return text;
}

vector<Entry> countWords(const string& text) {
    unordered_map<string, int> counts;
    stringstream stream(text);
    string word;
    while (stream >> word) {
        counts[lower(word)]++;
    }
    vector<Entry> entries;
    for (const pair<const string, int>& p : counts) {
        entries.push_back({p.first, p.second});
    }
    sort(entries.begin(), entries.end());
    return entries;
}

int main() {
    vector<Entry> entries = countWords("The river runs and the River bends and the valley sleeps");
    int printed = 0;
    for (const Entry& entry : entries) {
        if (printed == 4) {
            break;
        }
        switch (kindOf(entry.word)) {
        case Kind::Short:
            cout << entry.word << " short ";
            break;
        case Kind::Long:
            cout << entry.word << " long ";
            break;
        }
        cout << entry.count << endl;
        ++printed;
    }
    set<char> letters;
    for (const auto& entry : entries) {
        letters.insert(entry.word[0]);
    }
    cout << letters.size() << " initials" << endl;
    return 0;
}
