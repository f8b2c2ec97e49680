/* SPDX-License-Identifier: Apache-2.0 */
#include <acme/hydro/Controller.edl.h>
#include <acme/hydro/gauge/Gauge.idl.h>
#include <acme/hydro/base/Health.idl.h>
#include <acme/hydro/valve/Valve.idl.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <plog/plog.h>

#include <array>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace hydro {

// A line that nobody's line comes into.
struct Line : std::ostringstream {
    ~Line() override { std::fputs((str() + "\n").c_str(), stderr); }
};

class Channel {
public:
    explicit Channel(const std::string &name) : handle_{ServiceLocatorConnect(name.c_str())}
    {
        if (handle_ == INVALID_HANDLE)
            throw std::runtime_error("no channel " + name);
        NkKosTransport_Init(&transport_, handle_, NK_NULL, 0);
    }
    Channel(const Channel &) = delete;
    Channel &operator=(const Channel &) = delete;
    nk_iid_t riid(const char *endpoint) const
    {
        const nk_iid_t found = ServiceLocatorGetRiid(handle_, endpoint);
        if (found == INVALID_RIID)
            throw std::out_of_range(std::string{"no endpoint "} + endpoint);
        return found;
    }
    nk_transport *transport() noexcept { return &transport_.base; }

private:
    Handle handle_;
    NkKosTransport transport_{};
};

template <std::size_t N> class Arena {
public:
    Arena() { nk_arena_init(&arena_, buffer_.data(), buffer_.data() + buffer_.size()); }
    nk_arena *operator&() { return &arena_; }
    void put(nk_ptr_t &to, std::string_view text)
    {
        auto *s = nk_arena_alloc(nk_char_t, &arena_, &to, text.size() + 1);
        if (s == nullptr)
            throw std::bad_alloc();
        std::copy(text.begin(), text.end(), s);
        s[text.size()] = 0;
    }
    std::string text(const nk_ptr_t &from) const
    {
        nk_uint32_t n = 0;
        const auto *s = nk_arena_get(nk_char_t, &arena_, &from, &n);
        return s != nullptr && n > 0 ? std::string(s, n - 1) : std::string{};
    }

private:
    alignas(8) std::array<char, N> buffer_{};
    nk_arena arena_{};
};

class Gauge {
public:
    Gauge(Channel &c, const char *endpoint) { acme_hydro_gauge_Gauge_proxy_init(&proxy_, c.transport(), c.riid(endpoint)); }

    std::pair<std::string, int> read(unsigned channel)
    {
        acme_hydro_gauge_Gauge_Read_req req{};
        acme_hydro_gauge_Gauge_Read_res res{};
        req.channel = static_cast<nk_uint8_t>(channel);
        Arena<acme_hydro_gauge_Gauge_Read_res_arena_size> out;
        if (const auto rc = acme_hydro_gauge_Gauge_Read(&proxy_.base, &req, nullptr, &res, &out); rc != NK_EOK)
            throw std::system_error(rc, std::generic_category(), "Read");
        if (nk_msg_check_err(&res))
            throw std::invalid_argument(out.text(res.err_.why) + " " + std::to_string(res.err_.code));
        return {out.text(res.reading.where), res.reading.value};
    }
    std::optional<std::vector<std::string>> names()
    {
        acme_hydro_gauge_Gauge_Names_req req{};
        acme_hydro_gauge_Gauge_Names_res res{};
        Arena<acme_hydro_gauge_Gauge_Names_res_arena_size> out;
        if (acme_hydro_gauge_Gauge_Names(&proxy_.base, &req, nullptr, &res, &out) != NK_EOK)
            return std::nullopt;
        nk_uint32_t n = 0;
        const nk_ptr_t *names = nk_arena_get(nk_ptr_t, &out, &res.names, &n);
        std::vector<std::string> all;
        for (nk_uint32_t i = 0; i < n; i++)
            all.push_back(out.text(names[i]));
        return all;
    }
    unsigned rename(const std::string &from, const std::string &to)
    {
        acme_hydro_gauge_Gauge_Rename_req req{};
        acme_hydro_gauge_Gauge_Rename_res res{};
        Arena<acme_hydro_gauge_Gauge_Rename_req_arena_size> in;
        in.put(req.from, from);
        in.put(req.to, to);
        const nk_err_t rc = acme_hydro_gauge_Gauge_Rename(&proxy_.base, &req, &in, &res, nullptr);
        return rc == NK_EPERM ? 1000U : rc != NK_EOK ? 1001U : res.rc;
    }

private:
    acme_hydro_gauge_Gauge_proxy proxy_{};
};

class Valve {
public:
    Valve(Channel &c, const char *endpoint) { acme_hydro_valve_Valve_proxy_init(&proxy_, c.transport(), c.riid(endpoint)); }

    using Arenas = Arena<acme_hydro_valve_Valve_Submit_req_arena_size>;
    unsigned long submit(std::string_view key, const std::function<void(acme_hydro_base_Types_Command &, Arenas &)> &what)
    {
        acme_hydro_valve_Valve_Submit_req req{};
        acme_hydro_valve_Valve_Submit_res res{};
        Arenas in;
        auto *k = nk_arena_alloc(nk_uint8_t, &in, &req.job.key, key.size());
        std::copy(key.begin(), key.end(), k);
        req.job.priority = 9;
        req.job.table[1][acme_hydro_base_Limits_MaxProbes - 1] = -77;
        what(req.job.command, in);
        const auto rc = acme_hydro_valve_Valve_Submit(&proxy_.base, &req, &in, &res, nullptr);
        if (rc != NK_EOK)
            return 0;
        return nk_msg_check_err(&res) ? res.err_.reason : res.ticket;
    }
    unsigned upload(const std::vector<unsigned char> &data)
    {
        acme_hydro_valve_Valve_Upload_req req{};
        acme_hydro_valve_Valve_Upload_res res{};
        auto in = std::make_unique<Arena<acme_hydro_valve_Valve_Upload_req_arena_size>>();
        std::copy(data.begin(), data.end(), nk_arena_alloc(nk_uint8_t, &*in, &req.firmware, data.size()));
        for (const auto c : data)
            req.crc = req.crc * 31 + c;
        return acme_hydro_valve_Valve_Upload(&proxy_.base, &req, in->operator&(), &res, nullptr) == NK_EOK ? res.got : 0;
    }
    std::string trace(std::initializer_list<std::string> chunks)
    {
        acme_hydro_valve_Valve_Trace_req req{};
        acme_hydro_valve_Valve_Trace_res res{};
        Arena<acme_hydro_valve_Valve_Trace_req_arena_size> in;
        Arena<acme_hydro_valve_Valve_Trace_res_arena_size> out;
        auto *c = nk_arena_alloc(nk_ptr_t, &in, &req.chunks, chunks.size());
        for (const auto &s : chunks)
            nk_arena_store(nk_uint8_t, &in, c++, reinterpret_cast<const nk_uint8_t *>(s.data()), s.size());
        if (acme_hydro_valve_Valve_Trace(&proxy_.base, &req, &in, &res, &out) != NK_EOK)
            return "?";
        nk_uint32_t n = 0;
        const auto *j = nk_arena_get(nk_uint8_t, &out, &res.joined, &n);
        return {reinterpret_cast<const char *>(j), n};
    }

private:
    acme_hydro_valve_Valve_proxy proxy_{};
};

} // namespace hydro

int main(int argc, char **argv)
try {
    std::map<std::string, std::string> options;
    for (int i = 1; i < argc; i++) {
        const std::string a = argv[i];
        const auto eq = a.find('=');
        options[a.substr(2, eq - 2)] = a.substr(eq + 1);
    }
    hydro::Line{} << "site " << options["site"] << ", " << options["count"] << " panels";
    hydro::Channel channel{"hydro_controller"};
    hydro::Gauge north{channel, "plant.cluster.north.gauge"}, all{channel, "acme.hydro.parts.Cluster.summary"};
    const auto [where, value] = north.read(0);
    hydro::Line{} << where << " " << value;
    try {
        north.read(3);
    } catch (const std::invalid_argument &e) {
        hydro::Line{} << "refused: " << e.what();
    }
    hydro::Line{} << "rename " << north.rename("north gate", "the lock") << ", " << north.rename("north gate", "x") << ", policy " << north.rename("the lock", "root");
    const auto names = all.names();
    for (const auto &n : *names)
        hydro::Line{} << "name " << n;
    hydro::Valve valve{channel, "plant.valve"};
    hydro::Line{} << "ticket " << valve.submit("open", [](auto &c, auto &) { c.tag = acme_hydro_base_Types_Command_setpoint_tag, c.v.setpoint = -12; });
    hydro::Line{} << "ticket " << valve.submit("open", [](auto &c, auto &a) { c.tag = acme_hydro_base_Types_Command_text_tag, a.put(c.v.text, "flush"); });
    hydro::Line{} << "ticket " << valve.submit("shut", [](auto &c, auto &) { c.tag = acme_hydro_base_Types_Command_setpoint_tag, c.v.setpoint = 1; });
    hydro::Line{} << "ticket " << valve.submit("open", [](auto &c, auto &a) {
        c.tag = acme_hydro_base_Types_Command_ramp_tag;
        auto *r = nk_arena_alloc(nk_uint16_t, &a, &c.v.ramp, 3);
        r[0] = 1, r[1] = 2, r[2] = 333;
    });
    std::vector<unsigned char> firmware(acme_hydro_base_Limits_LogChunk);
    for (std::size_t i = 0; i < firmware.size(); i++)
        firmware[i] = static_cast<unsigned char>(i * 7);
    hydro::Line{} << "uploaded " << valve.upload(firmware);
    hydro::Line{} << "joined " << valve.trace({"drip", "drop", "!"});
    acme_hydro_base_Health_proxy health;
    for (const char *name : {"admin", "plant.cluster.south.health"}) {
        acme_hydro_base_Health_proxy_init(&health, channel.transport(), channel.riid(name));
        acme_hydro_base_Health_Ping_req preq;
        acme_hydro_base_Health_Ping_res pres;
        acme_hydro_base_Health_Reset_req rreq;
        acme_hydro_base_Health_Reset_res rres;
        const auto p = acme_hydro_base_Health_Ping(&health.base, &preq, nullptr, &pres, nullptr);
        const auto r = acme_hydro_base_Health_Reset(&health.base, &rreq, nullptr, &rres, nullptr);
        LOG_I("%s: ping %d, reset %d", name, p == NK_EOK, r == NK_EOK ? 1 : r == NK_EPERM ? 0 : -1);
    }
    channel.riid("plant.cluster.west.gauge");
    return EXIT_SUCCESS;
} catch (const std::exception &e) {
    hydro::Line{} << "end: " << e.what();
    return 3;
}
