/* SPDX-License-Identifier: Apache-2.0 */
#include <benchmarks/footprint/instruction.h>
#include <benchmarks/footprint/arguments.h>
#include <stdlib.h>
#include <string.h>

static unsigned kinds_x86(const char *text)
{
    bool memory = strchr(text, '(') != NULL;
    if (text_begins(text, "lock") || (text_begins(text, "xchg") && memory))
        return ATOMIC;
    if (text_begins(text, "mfence") || text_begins(text, "sfence") || text_begins(text, "lfence"))
        return BARRIER;
    if (text_begins(text, "mov") && strstr(text, ", %cr3") != NULL)
        return SPACE_SWITCH;
    return text_begins(text, "inv") ? TLB_INVALIDATION : 0;
}

static unsigned kinds_aarch64(const char *text)
{
    static const char *const atomics[] = {"ldxr", "ldaxr", "stxr", "stlxr", "cas", "swp", "ldadd", "ldset", "ldclr"};
    for (size_t i = 0; i < sizeof(atomics) / sizeof(atomics[0]); i++)
        if (text_begins(text, atomics[i]))
            return text_begins(text, "st") ? STORE_EXCLUSIVE : ATOMIC; /* a pair of load and store exclusive is one */
    if (text_begins(text, "dmb") || text_begins(text, "dsb") || text_begins(text, "isb"))
        return BARRIER;
    if (text_begins(text, "msr") && strstr(text, "ttbr0_el1") != NULL)
        return SPACE_SWITCH;
    return text_begins(text, "tlbi") ? TLB_INVALIDATION : 0;
}

unsigned instruction_marker(const struct qemu_plugin_insn *insn, bool is_aarch64)
{
    const unsigned char *bytes = qemu_plugin_insn_data(insn);
    static const unsigned char x86[] = {0x0f, 0x1f, 0x80, 'K', 'O', 'S'}; /* nopl disp32(%rax) */
    if (!is_aarch64)
        return qemu_plugin_insn_size(insn) == 7 && memcmp(bytes, x86, sizeof(x86)) == 0 ? bytes[6] : 0;
    uint32_t word;
    memcpy(&word, bytes, sizeof(word));
    unsigned immediate = (word >> 5) & 0xffffU;
    bool is_marker = (word & 0xffe0001fU) == 0xd280001fU && immediate > 0x4b50U && immediate <= 0x4bffU;
    return is_marker ? immediate - 0x4b50U : 0; /* movz xzr, #imm */
}

unsigned instruction_kinds(const struct qemu_plugin_insn *insn, bool is_aarch64)
{
    if (qemu_plugin_insn_vaddr(insn) < KERNEL_HALF)
        return 0;
    char *text = qemu_plugin_insn_disas(insn);
    unsigned kinds = text == NULL ? 0 : is_aarch64 ? kinds_aarch64(text) : kinds_x86(text);
    free(text);
    return KERNEL | kinds;
}
