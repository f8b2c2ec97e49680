/* SPDX-License-Identifier: Apache-2.0 */
/* Base's set_level, and Regex. */
#include <ksm/cpu.h>
#include <ksm/models/state.h>

struct ksm_state ksm_base_state;
static u64 level; /* what committed events set, and the one that holds the lock */
static u64 level_in_force, first_level;

void ksm_audit_level_first(u32 value)
{
    first_level = value;
}

void ksm_base_reset(void)
{
    __atomic_store_n(&level, first_level, __ATOMIC_RELAXED);
    ksm_base_commit();
}

void ksm_base_commit(void)
{
    __atomic_store_n(&level_in_force, level, __ATOMIC_RELAXED);
}

bool ksm_base_set_level(struct ksm_transaction *transaction, struct ksm_object *object, u32 value)
{
    ksm_store(transaction, object->state, &level, value);
    return true;
}

u32 ksm_audit_level(void)
{
    return (u32)ksm_load(&level_in_force);
}

/* The row behind `length` bytes. */
static inline __attribute__((always_inline)) u32 advance(const struct ksm_regex *regex, u32 row, const char *bytes,
                                                         u32 length)
{
    const u8 *classes = regex->classes, *byte = (const u8 *)bytes, *end = byte + length;
    const u16 *next = regex->next;
    for (; end - byte >= 4 && row != 0;
         byte += 4) { /* the dead state leads to itself: it is enough to look now and then */
        row = next[row + classes[byte[0]]];
        row = next[row + classes[byte[1]]];
        row = next[row + classes[byte[2]]];
        row = next[row + classes[byte[3]]];
    }
    for (; byte < end && row != 0; byte++)
        row = next[row + classes[*byte]];
    return row;
}

/* Between two pauses: some 760 instructions. */
#define BYTES_AT_ONCE 128U

/* All but the last BYTES_AT_ONCE or fewer. */
[[gnu::noinline]] static u32 advance_with_pauses(const struct ksm_regex *regex, struct ksm_text *text)
{
    u32 row = regex->start;
    for (; text->length > BYTES_AT_ONCE && row != 0; text->bytes += BYTES_AT_ONCE, text->length -= BYTES_AT_ONCE) {
        row = advance(regex, row, text->bytes, BYTES_AT_ONCE);
        ksm_pause();
    }
    return row;
}

u32 ksm_regex_run(const struct ksm_regex *regex, struct ksm_text text)
{
    u32 row = regex->start;
    if (unlikely(text.length > BYTES_AT_ONCE))
        row = advance_with_pauses(regex, &text);
    row = advance(regex, row, text.bytes, text.length);
    return regex->accepts[row / regex->class_count];
}
