// nsbox:why: Exceptions, std::thread, futures, filesystem, regex and chrono.
// nsbox:stdout: caught boom, 40, 42, 2 files, 2024-01-02
// nsbox:limits: timeout=20s
#include <atomic>
#include <filesystem>
#include <fstream>
#include <future>
#include <iostream>
#include <regex>
#include <stdexcept>
#include <thread>
#include <vector>

int main() {
    std::string caught;
    try {
        throw std::runtime_error("boom");
    } catch (const std::exception &e) {
        caught = e.what();
    }
    std::atomic<int> n{0};
    std::vector<std::thread> ts;
    for (int i = 0; i < 4; i++) ts.emplace_back([&] { for (int k = 0; k < 10; k++) n++; });
    for (auto &t : ts) t.join();
    auto f = std::async(std::launch::async, [] { return 42; });
    namespace fs = std::filesystem;
    fs::create_directories("/tmp/d/e");
    std::ofstream("/tmp/d/a") << "x";
    std::ofstream("/tmp/d/e/b") << "y";
    int files = 0;
    for (auto &e : fs::recursive_directory_iterator("/tmp/d")) files += e.is_regular_file();
    std::smatch m;
    std::string text = "on 2024-01-02.";
    std::regex_search(text, m, std::regex(R"(\d{4}-\d\d-\d\d)"));
    std::cout << "caught " << caught << ", " << n << ", " << f.get() << ", " << files << " files, " << m.str() << "\n";
}
