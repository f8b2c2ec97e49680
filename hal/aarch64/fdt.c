/* SPDX-License-Identifier: Apache-2.0 */
/* Walks the device tree once: properties are gathered per node, and the node is judged when they end. See fdt.h. */
#include "fdt.h"

#define TOKEN_BEGIN_NODE  1U
#define TOKEN_END_NODE    2U
#define TOKEN_PROPERTY    3U
#define TOKEN_NOP         4U
#define TOKEN_END         9U
#define DEPTH_MAX         16U
#define VIRTUAL_TIMER_PPI 27U

struct blob {
    const uint8_t *bytes;
    size_t structure, structure_end, strings, strings_end; /* offsets, checked against the size */
};

struct bytes {
    const uint8_t *data; /* null if the property is absent */
    size_t size;
};

/* The properties of one node that matter here. */
struct node {
    struct bytes name, device_type, compatible, reg, method, bootargs, seed, stdout_path, interrupts, status, regions;
    uint32_t address_cells, size_cells; /* of its children */
};

struct walk {
    struct fdt_info *info;
    struct node nodes[DEPTH_MAX];
    size_t depth;             /* nodes open */
    struct bytes stdout_name; /* last component of stdout-path */
    bool uart_chosen;
};

static uint32_t read_u32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static uint64_t read_u64(const uint8_t *at)
{
    return (uint64_t)read_u32(at) << 32 | read_u32(at + 4);
}

/* Is text the first length bytes, or all of them up to the terminator? */
static bool equal(struct bytes bytes, const char *text)
{
    size_t at = 0;
    for (; text[at] != 0; at++)
        if (at >= bytes.size || bytes.data[at] != (uint8_t)text[at])
            return false;
    return at == bytes.size || bytes.data[at] == 0;
}

/* Is text one of the strings of a list? */
static bool lists(struct bytes list, const char *text)
{
    size_t at = 0;
    while (at < list.size) {
        if (equal((struct bytes){list.data + at, list.size - at}, text))
            return true;
        while (at < list.size && list.data[at] != 0)
            at++;
        at++;
    }
    return false;
}

/* A node name is compared up to its unit address. */
static bool named(struct bytes name, const char *text)
{
    size_t length = 0;
    while (length < name.size && name.data[length] != '@')
        length++;
    return equal((struct bytes){name.data, length}, text);
}

static bool read_cells(struct bytes reg, size_t *at, uint32_t cells, uint64_t *value)
{
    *value = 0;
    if (cells > 2 || *at > reg.size || reg.size - *at < 4 * (size_t)cells)
        return false;
    for (uint32_t i = 0; i < cells; i++, *at += 4)
        *value = *value << 32 | read_u32(reg.data + *at);
    return true;
}

/* Appends the (address, size) pairs of a reg property. */
static void read_ranges(struct bytes reg, const struct node *parent, struct fdt_range *ranges, uint32_t *count,
                        uint32_t max)
{
    size_t at = 0;
    while (at < reg.size && *count < max) {
        struct fdt_range range;
        if (!read_cells(reg, &at, parent->address_cells, &range.start) ||
            !read_cells(reg, &at, parent->size_cells, &range.size) || parent->address_cells == 0)
            return;
        if (range.size != 0 && range.start <= UINT64_MAX - range.size)
            ranges[(*count)++] = range;
    }
}

static bool usable(const struct node *node)
{
    return node->status.data == nullptr || equal(node->status, "okay") || equal(node->status, "ok");
}

static void judge_gic(struct walk *walk, const struct node *node, const struct node *parent, uint32_t version)
{
    struct fdt_info *info = walk->info;
    if (info->gic_version != 0)
        return;
    uint32_t max = 2; /* the rest of a GICv2's ranges are for hypervisors */
    if (version == 3) {
        const uint32_t regions = node->regions.size == 4 ? read_u32(node->regions.data) : 1;
        max = regions < FDT_GIC_RANGES_MAX ? regions + 1 : FDT_GIC_RANGES_MAX;
    }
    info->gic_count = 0;
    read_ranges(node->reg, parent, info->gic, &info->gic_count, max);
    if (info->gic_count >= 2)
        info->gic_version = version;
}

static void judge_uart(struct walk *walk, const struct node *node, const struct node *parent)
{
    struct fdt_range range;
    uint32_t count = 0;
    read_ranges(node->reg, parent, &range, &count, 1);
    if (count == 0 || walk->uart_chosen)
        return;
    bool chosen = walk->stdout_name.size != 0 && walk->stdout_name.size == node->name.size;
    for (size_t i = 0; chosen && i < node->name.size; i++)
        chosen = walk->stdout_name.data[i] == node->name.data[i];
    if (chosen || walk->info->uart.size == 0)
        walk->info->uart = range;
    walk->uart_chosen = chosen;
}

static void judge_chosen(struct walk *walk, const struct node *node)
{
    struct fdt_info *info = walk->info;
    size_t at = 0;
    for (; at < node->bootargs.size && at < FDT_COMMAND_LINE_SIZE - 1 && node->bootargs.data[at] != 0; at++)
        info->command_line[at] = (char)node->bootargs.data[at];
    info->command_line[at] = 0;
    for (size_t i = 0; i < node->seed.size && i < FDT_SEED_SIZE; i++)
        info->seed[i] = node->seed.data[i];
    size_t start = 0, end = 0;
    for (; end < node->stdout_path.size && node->stdout_path.data[end] != 0 && node->stdout_path.data[end] != ':';
         end++)
        if (node->stdout_path.data[end] == '/')
            start = end + 1;
    if (end > start)
        walk->stdout_name = (struct bytes){node->stdout_path.data + start, end - start};
}

/* The properties of the innermost node are complete. */
static void judge(struct walk *walk)
{
    struct fdt_info *info = walk->info;
    const struct node *node = &walk->nodes[walk->depth - 1];
    if (walk->depth < 2)
        return;
    const struct node *parent = node - 1;
    if (walk->depth == 2 && equal(node->name, "chosen"))
        judge_chosen(walk, node);
    if (!usable(node))
        return;
    if (equal(node->device_type, "memory"))
        read_ranges(node->reg, parent, info->memory, &info->memory_count, FDT_RANGES_MAX);
    else if (walk->depth == 3 && equal(parent->name, "reserved-memory"))
        read_ranges(node->reg, parent, info->reserved, &info->reserved_count, FDT_RANGES_MAX);
    else if (walk->depth == 3 && equal(parent->name, "cpus") && named(node->name, "cpu")) {
        size_t at = 0;
        uint64_t affinity;
        if (info->cpu_count < FDT_CPUS_MAX && parent->address_cells != 0 &&
            read_cells(node->reg, &at, parent->address_cells, &affinity))
            info->cpus[info->cpu_count++] = affinity;
    } else if (lists(node->compatible, "arm,gic-v3"))
        judge_gic(walk, node, parent, 3);
    else if (lists(node->compatible, "arm,cortex-a15-gic") || lists(node->compatible, "arm,gic-400"))
        judge_gic(walk, node, parent, 2);
    else if (lists(node->compatible, "arm,pl011"))
        judge_uart(walk, node, parent);
    else if (lists(node->compatible, "arm,psci-0.2") || lists(node->compatible, "arm,psci-1.0"))
        info->psci = equal(node->method, "hvc")   ? FDT_CONDUIT_HVC
                     : equal(node->method, "smc") ? FDT_CONDUIT_SMC
                                                  : FDT_CONDUIT_NONE;
    else if (lists(node->compatible, "arm,armv8-timer") && node->interrupts.size >= 36) {
        /* Triples of type, number, flags: secure, non-secure, virtual, ...; a PPI's number counts from 16. */
        const uint32_t number = read_u32(node->interrupts.data + 28);
        if (read_u32(node->interrupts.data + 24) == 1 && number < 16)
            info->timer_ppi = 16 + number;
    } else if (lists(node->compatible, "arm,armv8-pmuv3") && node->interrupts.size >= 12) {
        const uint32_t number = read_u32(node->interrupts.data + 4);
        if (read_u32(node->interrupts.data) == 1 && number < 16)
            info->pmu_ppi = 16 + number;
    }
}

static void gather(const struct blob *blob, struct node *node, size_t name_offset, struct bytes value)
{
    const struct bytes name = {blob->bytes + blob->strings + name_offset,
                               blob->strings_end - blob->strings - name_offset};
    const struct {
        const char *name;
        struct bytes *place;
    } wanted[] = {
        {"device_type", &node->device_type},
        {"compatible", &node->compatible},
        {"reg", &node->reg},
        {"method", &node->method},
        {"bootargs", &node->bootargs},
        {"rng-seed", &node->seed},
        {"stdout-path", &node->stdout_path},
        {"interrupts", &node->interrupts},
        {"status", &node->status},
        {"#redistributor-regions", &node->regions},
    };
    for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
        if (equal(name, wanted[i].name)) {
            *wanted[i].place = value;
            return;
        }
    if (value.size == 4 && equal(name, "#address-cells"))
        node->address_cells = read_u32(value.data);
    if (value.size == 4 && equal(name, "#size-cells"))
        node->size_cells = read_u32(value.data);
}

static bool walk_structure(const struct blob *blob, struct walk *walk)
{
    size_t at = blob->structure;
    const size_t end = blob->structure_end;
    bool gathering = false; /* the innermost node's properties are still coming */
    while (end - at >= 4) {
        const uint32_t token = read_u32(blob->bytes + at);
        at += 4;
        if (token == TOKEN_NOP)
            continue;
        if (token == TOKEN_PROPERTY) {
            if (!gathering || end - at < 8)
                return false;
            const size_t size = read_u32(blob->bytes + at), name = read_u32(blob->bytes + at + 4);
            at += 8;
            const size_t padded = (size + 3) & ~(size_t)3;
            if (end - at < padded || name >= blob->strings_end - blob->strings)
                return false;
            gather(blob, &walk->nodes[walk->depth - 1], name, (struct bytes){blob->bytes + at, size});
            at += padded;
            continue;
        }
        if (gathering)
            judge(walk);
        gathering = false;
        if (token == TOKEN_BEGIN_NODE) {
            size_t length = 0;
            while (length < end - at && blob->bytes[at + length] != 0)
                length++;
            if (length == end - at || walk->depth == DEPTH_MAX)
                return false;
            walk->nodes[walk->depth++] =
                (struct node){.name = {blob->bytes + at, length}, .address_cells = 2, .size_cells = 1};
            at += (length + 4) & ~(size_t)3;
            gathering = true;
            if (at > end)
                return false;
        } else if (token == TOKEN_END_NODE) {
            if (walk->depth == 0)
                return false;
            walk->depth--;
        } else
            return token == TOKEN_END && walk->depth == 0;
    }
    return false;
}

size_t fdt_total_size(const void *blob)
{
    const uint8_t *bytes = blob;
    const uint32_t size = read_u32(bytes + 4);
    return read_u32(bytes) == 0xd00dfeedU && size >= FDT_HEADER_SIZE ? size : 0;
}

bool fdt_read(const void *blob, size_t size, struct fdt_info *info)
{
    *info = (struct fdt_info){.timer_ppi = VIRTUAL_TIMER_PPI};
    const uint8_t *bytes = blob;
    if (size < FDT_HEADER_SIZE || fdt_total_size(blob) == 0 || fdt_total_size(blob) > size)
        return false;
    size = fdt_total_size(blob);
    const size_t structure = read_u32(bytes + 8), strings = read_u32(bytes + 12), reserve = read_u32(bytes + 16),
                 strings_size = read_u32(bytes + 32), structure_size = read_u32(bytes + 36);
    if (structure > size || structure_size > size - structure || strings > size || strings_size > size - strings ||
        reserve > size)
        return false;
    for (size_t at = reserve; size - at >= 16; at += 16) {
        const struct fdt_range range = {read_u64(bytes + at), read_u64(bytes + at + 8)};
        if (range.start == 0 && range.size == 0)
            break;
        if (info->reserved_count == FDT_RANGES_MAX || range.start > UINT64_MAX - range.size)
            return false;
        info->reserved[info->reserved_count++] = range;
    }
    struct walk walk = {.info = info};
    const struct blob parts = {bytes, structure, structure + structure_size, strings, strings + strings_size};
    return walk_structure(&parts, &walk);
}
