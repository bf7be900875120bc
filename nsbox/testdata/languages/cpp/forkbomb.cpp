#include <chrono>
#include <system_error>
#include <thread>

int main()
{
	using namespace std::chrono_literals;
	for (;;) {
		try {
			std::thread([] { std::this_thread::sleep_for(1h); }).detach();
		} catch (const std::system_error &) {
			std::this_thread::sleep_for(10ms);
		}
	}
}
