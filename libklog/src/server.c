/* SPDX-License-Identifier: Apache-2.0 */
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <klog_storage/server.h>

struct storage {
    struct kl_KlogStorage base; /* first: what is called is found by it */
    void *ctx;
    nk_uint64_t next_id;
    kl_KlogStorage_write_func write;
    kl_KlogStorage_read_func read;
    kl_KlogStorage_read_range_func read_range;
};

static struct storage *own(struct kl_KlogStorage *base)
{
    return (struct storage *)base;
}

static nk_err_t write(struct kl_KlogStorage *self, const struct kl_KlogStorage_write_req *req,
                      const struct nk_arena *req_arena, struct kl_KlogStorage_write_res *res,
                      struct nk_arena *res_arena)
{
    struct kl_KlogStorage_Entry entry = req->entry;
    (void)req_arena, (void)res_arena;
    entry.id = ++own(self)->next_id;
    entry.msg[sizeof(entry.msg) - 1] = '\0';
    res->result = own(self)->write(own(self)->ctx, &entry);
    return NK_EOK;
}

/* Of `room` entries in the response, `count` were filled; or it failed, and there are none. What is not filled is not
 * sent: it is of other answers. */
static nk_sint32_t finish(struct nk_arena *arena, struct kl_KlogStorage_Entry *entries, nk_ptr_t *place, int count,
                          nk_uint64_t room)
{
    int filled = entries != NK_NULL && count >= 0 && (nk_uint64_t)count <= room ? count : 0;
    if (entries != NK_NULL)
        arena->unused = (nk_uint8_t *)(entries + filled);
    else
        place->offset = 0;
    place->size = (nk_uint32_t)filled * (nk_uint32_t)sizeof(*entries);
    return filled == count ? count : -1;
}

static nk_err_t read(struct kl_KlogStorage *self, const struct kl_KlogStorage_read_req *req,
                     const struct nk_arena *req_arena, struct kl_KlogStorage_read_res *res, struct nk_arena *res_arena)
{
    nk_uint32_t count = req->num_entries < kl_KlogStorage_EntriesMax ? req->num_entries : kl_KlogStorage_EntriesMax;
    struct kl_KlogStorage_Entry *entries = nk_arena_alloc(struct kl_KlogStorage_Entry, res_arena, &res->entries, count);
    (void)req_arena;
    int filled = entries != NK_NULL ? own(self)->read(own(self)->ctx, count, entries) : -1;
    res->result = finish(res_arena, entries, &res->entries, filled, count);
    return NK_EOK;
}

static nk_err_t read_range(struct kl_KlogStorage *self, const struct kl_KlogStorage_readRange_req *req,
                           const struct nk_arena *req_arena, struct kl_KlogStorage_readRange_res *res,
                           struct nk_arena *res_arena)
{
    nk_uint64_t first = req->first_id, last = req->last_id;
    (void)req_arena;
    if (last - first >= kl_KlogStorage_EntriesMax)
        last = first + kl_KlogStorage_EntriesMax - 1;
    nk_uint64_t count = req->last_id >= first && last >= first ? last - first + 1 : 0;
    struct kl_KlogStorage_Entry *entries = nk_arena_alloc(struct kl_KlogStorage_Entry, res_arena, &res->entries, count);
    int filled = count != 0 && entries != NK_NULL ? own(self)->read_range(own(self)->ctx, first, last, entries) : -1;
    res->result = finish(res_arena, entries, &res->entries, filled, count);
    return NK_EOK;
}

struct kl_KlogStorage *klog_storage_IKlog_storage_dispatcher(void *ctx, kl_KlogStorage_write_func write_func,
                                                             kl_KlogStorage_read_func read_func,
                                                             kl_KlogStorage_read_range_func read_range_func)
{
    static const struct kl_KlogStorage_ops ops = {.write = write, .read = read, .readRange = read_range};
    static struct storage storage = {.base = {&ops}};
    storage.ctx = ctx;
    storage.write = write_func;
    storage.read = read_func;
    storage.read_range = read_range_func;
    return &storage.base;
}

struct kl_KlogStorage_component *klog_storage_storage_component(struct kl_KlogStorage *storage)
{
    static struct kl_KlogStorage_component component;
    kl_KlogStorage_component_init(&component, storage);
    return &component;
}

int klog_storage_run(const char *connection, nk_iid_t iidOffset, nk_iid_t iid,
                     struct kl_KlogStorage_component *component)
{
    static kl_KlogStorage_component_req req;
    static kl_KlogStorage_component_res res;
    static _Alignas(8) char res_buffer[kl_KlogStorage_component_res_arena_size];
    struct nk_arena req_arena = NK_ARENA_INITIALIZER(res_buffer, res_buffer); /* no request has one */
    struct nk_arena res_arena = NK_ARENA_INITIALIZER(res_buffer, res_buffer + sizeof(res_buffer));
    NkKosTransport transport;
    ServiceId id;
    Handle channel = ServiceLocatorRegister(connection, NK_NULL, 0, &id);
    (void)iid;
    if (channel == INVALID_HANDLE)
        return 1;
    NkKosTransport_Init(&transport, channel, NK_NULL, 0);
    for (;;) {
        nk_req_reset(&req);
        nk_arena_reset(&req_arena);
        nk_arena_reset(&res_arena);
        if (nk_transport_recv(&transport.base, &req.base_, &req_arena) != NK_EOK)
            return 1;
        (void)kl_KlogStorage_component_dispatch(component, iidOffset, &req.base_, &req_arena, &res.base_, &res_arena);
        if (nk_transport_reply(&transport.base, &res.base_, &res_arena) != NK_EOK)
            continue; /* the client is told of its failure by the kernel */
    }
}
