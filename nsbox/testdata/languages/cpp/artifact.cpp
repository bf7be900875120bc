#include <fstream>

int main()
{
	std::ofstream out("/workspace/out.txt");
	out << "artifact\n";
	return out.flush() ? 0 : 1;
}
