==== broken
#include <iostream>
#include <memory>
#include <vector>

int main() {
    auto p = std::make_unique<int>(4);
    std::vector<std::unique_ptr<int>> all;
    all.push_back(p);
    std::cout << *all[0] << "\n";
}
==== mended
#include <iostream>
#include <memory>
#include <vector>

int main() {
    auto p = std::make_unique<int>(4);
    std::vector<std::unique_ptr<int>> all;
    all.push_back(std::move(p));
    std::cout << *all[0] << "\n";
}
==== step
{
 "stage": "compile",
 "check": "[{\"children\":null,\"kind\":\"error\",\"locations\":[{\"caret\":{\"byte-column\":21,\"column\":28,\"display-column\":28,\"file\":\"/usr/include/c++/12/bits/alloc_traits.h\",\"line\":518},\"finish\":{\"byte-column\":57,\"column\":64,\"display-column\":64,\"file\":\"/usr/include/c++/12/bits/alloc_traits.h\",\"line\":518},\"start\":{\"byte-column\":4,\"column\":11,\"display-column\":11,\"file\":\"/usr/include/c++/12/bits/alloc_traits.h\",\"line\":518}}],\"message\":\"no matching function for call to ‘construct_at(std::unique_ptr\u003cint, std::default_delete\u003cint\u003e \u003e*\u0026, const std::unique_ptr\u003cint, std::default_delete\u003cint\u003e \u003e\u0026)’\"}]",
 "stderr": "In file included from /usr/include/c++/12/ext/alloc_traits.h:34,\n                 from /usr/include/c++/12/bits/basic_string.h:39,\n                 from /usr/include/c++/12/string:53,\n                 from /usr/include/c++/12/bits/locale_classes.h:40,\n                 from /usr/include/c++/12/bits/ios_base.h:41,\n                 from /usr/include/c++/12/ios:42,\n                 from /usr/include/c++/12/ostream:38,\n                 from /usr/include/c++/12/iostream:39,\n                 from main.cpp:1:\n/usr/include/c++/12/bits/alloc_traits.h: In instantiation of ‘static constexpr void std::allocator_traits\u003cstd::allocator\u003c_CharT\u003e \u003e::construct(allocator_type\u0026, _Up*, _Args\u0026\u0026 ...) [with _Up = std::unique_ptr\u003cint, std::default_delete\u003cint\u003e \u003e; _Args = {const std::unique_ptr\u003cint, std::default_delete\u003cint\u003e \u003e\u0026}; _Tp = std::unique_ptr\u003cint, std::default_delete\u003cint\u003e \u003e; allocator_type = std::allocator\u003cstd::unique_ptr\u003cint, std::default_delete\u003cint\u003e \u003e \u003e]’:\n/usr/include/c++/12/bits/stl_vector.h:1281:30:   required from ‘constexpr void std::vector\u003c_Tp, _Alloc\u003e::push_back(const value_type\u0026) [with _Tp = std::unique_ptr\u003cint, std::default_delete\u003cint\u003e \u003e; _Alloc = std::allocator\u003cstd::unique_ptr\u003cint, std::default_delete\u003cint\u003e \u003e \u003e; value_type = std::unique_ptr\u003cint, std::default_delete\u003cint\u003e \u003e]’\nmain.cpp:8:18:   required from here\n/usr/include/c++/12/bits/alloc_traits.h:518:28: error: no matching function for call to ‘construct_at(std::unique_ptr\u003cint, std::default_delete\u003cint\u003e \u003e*\u0026, const std::unique_ptr\u003cint, std::default_delete\u003cint\u003e \u003e\u0026)’\n  518 |           std::construct_at(__p, std::forward\u003c_Args\u003e(__args)...);\n      |           ~~~~~~~~~~~~~~~~~^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~\nIn file included from /usr/include/c++/12/bits/char_traits.h:46,\n                 from /usr/include/c++/12/ios:40:\n/usr/include/c++/12/bits/stl_construct.h:94:5: note: candidate: ‘template\u003cclass _Tp, class ... _Args\u003e constexpr decltype (::new(void*(0)) _Tp) std::construct_at(_Tp*, _Args\u0026\u0026 ...)’\n   94 |     construct_at(_Tp* __location, _Args\u0026\u0026... __args)\n      |     ^~~~~~~~~~~~\n/usr/include/c++/12/bits/stl_construct.h:94:5: note:   template argument deduction/substitution failed:\n/usr/include/c++/12/bits/stl_construct.h: In substitution of ‘template\u003cclass _Tp, class ... _Args\u003e constexpr decltype (::new(void*(0)) _Tp) std::construct_at(_Tp*, _Args\u0026\u0026 ...) [with _Tp = std::unique_ptr\u003cint, std::default_delete\u003cint\u003e \u003e; _Args = {const std::unique_ptr\u003cint, std::default_delete\u003cint\u003e \u003e\u0026}]’:\n/usr/include/c++/12/bits/alloc_traits.h:518:21:   required from ‘static constexpr void std::allocator_traits\u003cstd::allocator\u003c_CharT\u003e \u003e::construct(allocator_type\u0026, _Up*, _Args\u0026\u0026 ...) [with _Up = std::unique_ptr\u003cint, std::default_delete\u003cint\u003e \u003e; _Args = {const std::unique_ptr\u003cint, std::default_delete\u003cint\u003e \u003e\u0026}; _Tp = std::unique_ptr\u003cint, std::default_delete\u003cint\u003e \u003e; allocator_type = std::allocator\u003cstd::unique_ptr\u003cint, std::default_delete\u003cint\u003e \u003e \u003e]’\n/usr/include/c++/12/bits/stl_vector.h:1281:30:   required from ‘constexpr void std::vector\u003c_Tp, _Alloc\u003e::push_back(const value_type\u0026) [with _Tp = std::unique_ptr\u003cint, std::default_delete\u003cint\u003e \u003e; _Alloc = std::allocator\u003cstd::unique_ptr\u003cint, std::default_delete\u003cint\u003e \u003e \u003e; value_type = std::unique_ptr\u003cint, std::default_delete\u003cint\u003e \u003e]’\nmain.cpp:8:18:   required from here\n/usr/include/c++/12/bits/stl_construct.h:96:17: error: use of deleted function ‘std::unique_ptr\u003c_Tp, _Dp\u003e::unique_ptr(const std::unique_ptr\u003c_Tp, _Dp\u003e\u0026) [with _Tp = int; _Dp = std::default_delete\u003cint\u003e]’\n   96 |     -\u003e decltype(::new((void*)0) _Tp(std::declval\u003c_Args\u003e()...))\n      |                 ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~\nIn file included from /usr/include/c++/12/memory:76,\n                 from main.cpp:2:\n/usr/include/c++/12/bits/unique_ptr.h:514:7: note: declared here\n  514 |       unique_ptr(const unique_ptr\u0026) = delete;\n      |       ^~~~~~~~~~\n",
 "rule": "cpp/wrap"
}
