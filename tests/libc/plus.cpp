/* SPDX-License-Identifier: Apache-2.0 */
/* libc++: containers, exceptions, run-time types, streams, threads and what they wait for. */
#include "check.h"
#include <algorithm>
#include <any>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <iomanip>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <numeric>
#include <optional>
#include <random>
#include <regex>
#include <set>
#include <shared_mutex>
#include <sstream>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <typeinfo>
#include <unordered_map>
#include <variant>
#include <vector>

static void containers()
{
    std::vector<int> numbers{3, 1, 2};
    std::sort(numbers.begin(), numbers.end(), std::greater<>());
    std::string text;
    for (int number : numbers)
        text += std::to_string(number) + ",";
    CHECK(text == "3,2,1," && std::accumulate(numbers.begin(), numbers.end(), 0) == 6);
    std::map<std::string, double> sorted{{"b", 2.5}, {"a", 1.5}};
    std::unordered_map<std::string, int> hashed;
    for (int i = 0; i < 1000; i++)
        hashed["key " + std::to_string(i)] = i;
    CHECK(sorted.begin()->first == "a" && hashed.size() == 1000 && hashed["key 777"] == 777);
    std::optional<int> none;
    std::variant<int, std::string> either = "text";
    std::any whatever = 2.5;
    std::deque<std::unique_ptr<int>> queue;
    queue.push_back(std::make_unique<int>(5));
    auto shared = std::make_shared<std::vector<int>>(3, 7);
    std::weak_ptr<std::vector<int>> weak = shared;
    CHECK(none.value_or(4) == 4 && std::get<std::string>(either) == "text" && std::any_cast<double>(whatever) == 2.5);
    CHECK(*queue.front() == 5 && shared->at(2) == 7 && weak.use_count() == 1 && (shared.reset(), weak.expired()));
    std::mt19937 generator(5489);
    generator.discard(9999);
    CHECK(generator() == 4123659995U); /* ISO C++ 26.6.5 */
    CHECK(std::stod("2.5e3") == 2500.0 && std::stoi("-42") == -42 &&
          std::string(100, 'x').find('y') == std::string::npos);
}

struct Base {
    virtual ~Base() = default;
    virtual int value() const = 0;
};
struct Derived : Base {
    int value() const override { return 7; }
};
struct Other : Base {
    int value() const override { return 8; }
};

static int unwound;
struct Guard {
    ~Guard() { unwound++; }
};

__attribute__((noinline)) static void thrown(int depth)
{
    Guard guard;
    if (depth == 0)
        throw std::invalid_argument("deep");
    thrown(depth - 1);
}

static void exceptions()
{
    std::string what;
    try {
        thrown(5);
    } catch (const std::logic_error &error) {
        what = error.what();
    }
    CHECK(what == "deep" && unwound == 6);
    int caught = 0;
    try {
        (void)std::map<int, int>().at(1);
    } catch (const std::out_of_range &) {
        caught++;
    }
    try {
        try {
            throw 5;
        } catch (int) {
            throw;
        }
    } catch (...) {
        caught++;
    }
    try {
        volatile std::size_t most = SIZE_MAX / 4;
        char *volatile memory = new char[most];
        delete[] memory;
    } catch (const std::bad_alloc &) {
        caught++;
    }
    std::unique_ptr<Base> base = std::make_unique<Derived>();
    CHECK(caught == 3 && dynamic_cast<Derived *>(base.get()) != nullptr &&
          dynamic_cast<Other *>(base.get()) == nullptr);
    const Base &known = *base;
    CHECK(typeid(known) == typeid(Derived) && base->value() == 7);
    try {
        (void)dynamic_cast<Other &>(*base);
    } catch (const std::bad_cast &) {
        caught++;
    }
    std::exception_ptr kept = std::make_exception_ptr(std::runtime_error("kept"));
    try {
        std::rethrow_exception(kept);
    } catch (const std::exception &error) {
        caught += std::string(error.what()) == "kept";
    }
    CHECK(caught == 5);
}

static void streams()
{
    std::ostringstream out;
    out << std::fixed << std::setprecision(3) << 3.14159 << ' ' << std::hex << 255 << ' ' << std::setw(5) << std::left
        << "ab" << '|' << std::boolalpha << true;
    CHECK(out.str() == "3.142 ff ab   |true");
    std::istringstream in("  12 3.5 word\nwhole line");
    int number = 0;
    double real = 0;
    std::string word, line;
    in >> number >> real >> word >> std::ws;
    std::getline(in, line);
    CHECK(number == 12 && real == 3.5 && word == "word" && line == "whole line" && in.eof());
    std::smatch match;
    std::string text = "temperature=-12.5 C";
    CHECK(std::regex_search(text, match, std::regex("(\\w+)=(-?[0-9.]+)")) && match[1] == "temperature" &&
          match[2] == "-12.5");
    std::ifstream file("/etc/hosts");
    CHECK(!file.is_open());
    std::error_code error;
    CHECK(!std::filesystem::exists("/etc", error) && error == std::errc::io_error);
    CHECK(std::isspace('\t', std::locale()) && std::toupper('q', std::locale()) == 'Q' &&
          !std::isdigit('x', std::locale()));
    std::cout << "cout " << 1.5 << std::endl;
    std::cerr << "cerr " << std::string("text") << '\n';
}

static std::atomic<int> local_ended;
struct Local {
    int value = 3;
    ~Local() { local_ended++; }
};
static thread_local Local local;

static int once_made;
static int &made_once()
{
    static int value = (std::this_thread::sleep_for(std::chrono::milliseconds(5)), ++once_made);
    return value;
}

static void threads()
{
    std::mutex mutex;
    std::condition_variable ready;
    std::vector<std::thread> all;
    long sum = 0, done_count = 0;
    for (int i = 0; i < 4; i++)
        all.emplace_back([&, i] {
            for (int k = 0; k < 1000; k++) {
                std::lock_guard guard(mutex);
                sum += i;
            }
            local.value += made_once();
            std::unique_lock lock(mutex);
            done_count++;
            ready.notify_all();
        });
    {
        std::unique_lock lock(mutex);
        ready.wait(lock, [&] { return done_count == 4; });
        CHECK(ready.wait_for(lock, std::chrono::milliseconds(10)) == std::cv_status::timeout);
    }
    for (auto &thread : all)
        thread.join();
    CHECK(sum == 6000 && local_ended == 4 && local.value == 3 && once_made == 1);
    auto later = std::async(std::launch::async, [] { return 6 * 7; });
    std::promise<std::string> promise;
    auto future = promise.get_future();
    std::thread([&] { promise.set_exception(std::make_exception_ptr(std::runtime_error("broken"))); }).join();
    bool broken = false;
    try {
        future.get();
    } catch (const std::runtime_error &) {
        broken = true;
    }
    CHECK(later.get() == 42 && broken);
    std::shared_mutex shared;
    std::recursive_mutex recursive;
    std::timed_mutex timed;
    std::shared_lock reader(shared), second(shared);
    CHECK(!shared.try_lock() && timed.try_lock_for(std::chrono::milliseconds(5)) &&
          !std::async(std::launch::async, [&] { return timed.try_lock_for(std::chrono::milliseconds(5)); }).get());
    timed.unlock();
    std::scoped_lock twice(recursive, timed);
    CHECK(recursive.try_lock() && (recursive.unlock(), true));
    std::once_flag flag;
    int count = 0;
    std::call_once(flag, [&] { count++; });
    std::call_once(flag, [&] { count++; });
    auto before = std::chrono::steady_clock::now();
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    CHECK(count == 1 && std::chrono::steady_clock::now() - before >= std::chrono::milliseconds(10) &&
          std::thread::hardware_concurrency() >= 1);
}

struct Static {
    std::string text = "constructed before main";
    ~Static() { std::fprintf(stderr, "destroyed after main: %s\n", text.c_str()); }
};
static Static object;

int main()
{
    containers();
    exceptions();
    streams();
    threads();
    CHECK(object.text == "constructed before main");
    return done("plus");
}
