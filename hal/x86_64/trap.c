/* SPDX-License-Identifier: Apache-2.0 */
/* Exceptions and interrupts after the stubs; the C half of hal_resume. */
#include <hal/irq.h>
#include <hal/x86_64/port.h>

static_assert(
    offsetof(struct hal_context, words) == CONTEXT_R12 && offsetof(struct hal_context, selector) == CONTEXT_RDI &&
        offsetof(struct hal_context, info) == CONTEXT_RSI && offsetof(struct hal_context, receive) == CONTEXT_RBX &&
        offsetof(struct hal_context, pc) == CONTEXT_PC && offsetof(struct hal_context, sp) == CONTEXT_SP &&
        offsetof(struct hal_context, fp) == CONTEXT_FP && offsetof(struct hal_context, kind) == CONTEXT_KIND &&
        offsetof(struct hal_context, rcx) == CONTEXT_RCX && offsetof(struct hal_context, flags) == CONTEXT_FLAGS &&
        offsetof(struct hal_cpu, current) == CPU_CURRENT,
    "offsets.h");

extern const u8 hal_user_access_start[], hal_user_access_end[], hal_user_access_failed[], hal_user_load_32_end[];
bool hal_user_load_32(void *to, const void *from);
[[noreturn]] void hal_resume_status(const struct hal_context *context);
[[noreturn]] void hal_resume_call(const struct hal_context *context);
[[noreturn]] void hal_resume_full(const struct hal_context *context);

struct kernel_frame {
    u64 r15, r14, r13, r12, r11, r10, r9, r8, rbp, rdi, rsi, rdx, rcx, rbx, rax, vector, error, rip, cs, flags, rsp, ss;
};

static u64 fault_address(void)
{
    u64 address;
    __asm__ volatile("mov %%cr2, %0" : "=r"(address));
    return address;
}

static u32 fault_access(u64 error)
{
    return (error & 16) != 0 ? HAL_ACCESS_EXECUTE : (error & 2) != 0 ? HAL_ACCESS_WRITE : HAL_ACCESS_READ;
}

static const struct {
    enum hal_exception_kind kind;
    const char *name;
} exceptions[32] = {
    [0] = {HAL_EXCEPTION_ARITHMETIC, "#DE divide error"},     [1] = {HAL_EXCEPTION_BREAKPOINT, "#DB debug"},
    [3] = {HAL_EXCEPTION_BREAKPOINT, "#BP breakpoint"},       [4] = {HAL_EXCEPTION_ARITHMETIC, "#OF overflow"},
    [5] = {HAL_EXCEPTION_OTHER, "#BR bound range"},           [6] = {HAL_EXCEPTION_ILLEGAL, "#UD invalid opcode"},
    [7] = {HAL_EXCEPTION_FPU, "#NM no math coprocessor"},     [10] = {HAL_EXCEPTION_OTHER, "#TS invalid TSS"},
    [11] = {HAL_EXCEPTION_OTHER, "#NP segment not present"},  [12] = {HAL_EXCEPTION_OTHER, "#SS stack fault"},
    [13] = {HAL_EXCEPTION_ILLEGAL, "#GP general protection"}, [14] = {HAL_EXCEPTION_PAGE_FAULT, "#PF page fault"},
    [16] = {HAL_EXCEPTION_ARITHMETIC, "#MF x87 error"},       [17] = {HAL_EXCEPTION_ALIGNMENT, "#AC alignment check"},
    [19] = {HAL_EXCEPTION_ARITHMETIC, "#XM SIMD error"},
};

[[noreturn]] void hal_trap_from_user(u64 vector, u64 error, struct hal_context *context);
[[noreturn]] void hal_trap_from_idle(u64 vector);
void hal_trap_from_kernel(struct kernel_frame *frame);

/* Masked first: a level-triggered line would come again as soon as it is completed. */
[[noreturn]] static void device_interrupt(u32 line)
{
    if (io_apic_is_level(line))
        hal_irq_mask(line);
    apic_end_of_interrupt();
    kernel_device_interrupt(line);
}

[[noreturn]] static void interrupt(u64 vector)
{
    if (vector >= VECTOR_DEVICE && vector < VECTOR_DEVICE + 16)
        device_interrupt((u32)vector - VECTOR_DEVICE);
    if (vector >= VECTOR_DEVICE_REST && vector < VECTOR_DEVICE_REST + DEVICE_VECTORS - 16)
        device_interrupt((u32)vector - VECTOR_DEVICE_REST + 16);
    apic_end_of_interrupt();
    if (vector == VECTOR_TIMER)
        kernel_timer_interrupt();
    if (vector == VECTOR_IPI)
        kernel_ipi_interrupt();
    kernel_spurious_interrupt();
}

void hal_trap_from_user(u64 vector, u64 error, struct hal_context *context)
{
    vector &= 0xff; /* pushed sign-extended */
    if (vector >= 32)
        interrupt(vector);
    if (vector == 2 || vector == 8 || vector == 18)
        kernel_panic("%s while in user mode at %lx",
                     vector == 2   ? "NMI"
                     : vector == 8 ? "#DF double fault"
                                   : "#MC machine check",
                     context->pc);
    struct hal_exception exception = {.kind = exceptions[vector].kind,
                                      .code = vector << 32 | error,
                                      .name =
                                          exceptions[vector].name != nullptr ? exceptions[vector].name : "exception"};
    if (exceptions[vector].name == nullptr)
        exception.kind = HAL_EXCEPTION_OTHER;
    if (vector == 14) {
        exception.address = fault_address();
        exception.access = fault_access(error);
    }
    kernel_exception(context, &exception);
}

void hal_trap_from_idle(u64 vector)
{
    interrupt(vector & 0xff);
}

void hal_trap_from_kernel(struct kernel_frame *frame)
{
    bool user_copy = frame->rip >= (u64)hal_user_access_start && frame->rip < (u64)hal_user_access_end;
    u64 address = fault_address();
    if (frame->vector == 14 && user_copy && address < KOS_USER_LIMIT) {
        u64 flags = frame->flags;
        __asm__ volatile("clac" ::: "cc");
        bool mapped = kernel_user_fault(address, fault_access(frame->error));
        bool load_32 = frame->rip >= (u64)hal_user_load_32 && frame->rip < (u64)hal_user_load_32_end;
        if (!mapped || load_32)
            frame->rip = (u64)hal_user_access_failed;
        frame->flags = flags; /* AC of the copy comes back with it */
        return;
    }
    kernel_print("\nexception %lu error %lx in the kernel on CPU %u\n", frame->vector, frame->error,
                 hal_cpu_self()->index);
    kernel_print("rip %lx rsp %lx flags %lx cr2 %lx\n", frame->rip, frame->rsp, frame->flags, address);
    kernel_print("rax %lx rbx %lx rcx %lx rdx %lx rsi %lx rdi %lx rbp %lx\n", frame->rax, frame->rbx, frame->rcx,
                 frame->rdx, frame->rsi, frame->rdi, frame->rbp);
    kernel_print("r8 %lx r9 %lx r10 %lx r11 %lx r12 %lx r13 %lx r14 %lx r15 %lx\n", frame->r8, frame->r9, frame->r10,
                 frame->r11, frame->r12, frame->r13, frame->r14, frame->r15);
    kernel_panic("exception in the kernel");
}

void hal_resume(struct hal_context *context)
{
    struct hal_cpu *cpu = hal_cpu_self();
    if (cpu->current != context) {
        hal_fpu_release(cpu);
        hal_switch_space(cpu->current, context);
        cpu->current = context;
    }
    if (context->kind == HAL_RESUME_STATUS)
        hal_resume_status(context);
    if (likely(context->kind == HAL_RESUME_CALL))
        hal_resume_call(context);
    context->flags = (context->flags & FLAGS_USER_MASK) | FLAGS_USER;
    hal_resume_full(context);
}

void hal_context_init(struct hal_context *context, struct hal_space *space, vaddr pc, vaddr sp, word argument0,
                      word argument1)
{
    *context = (struct hal_context){.pc = pc,
                                    .sp = sp - 8,          /* as a call leaves it: pc may be any C function */
                                    .selector = argument0, /* rdi */
                                    .info = argument1,     /* rsi */
                                    .space = space,
                                    .space_word = space->space_word,
                                    .kind = HAL_RESUME_FULL,
                                    .flags = FLAGS_USER};
}

bool hal_context_print(const struct hal_context *c, u32 part)
{
    static const char *const names[] = {"rip", "rsp", "rbp", "flags", "rax", "rbx", "rcx", "rdx", "rsi",
                                        "rdi", "r8",  "r9",  "r10",   "r11", "r12", "r13", "r14", "r15"};
    const word values[] = {c->pc,  c->sp,       c->fp,       c->flags,    c->words[7], c->receive,
                           c->rcx, c->words[4], c->info,     c->selector, c->words[5], c->words[6],
                           c->r10, c->r11,      c->words[0], c->words[1], c->words[2], c->words[3]};
    const u32 count = sizeof(values) / sizeof(values[0]);
    if (part < count)
        kernel_print(" %s %lx", names[part], values[part]);
    if (part % 4 == 3 || part == count - 1)
        kernel_print("\n");
    return part < count;
}

/* ---- user memory ---- */

bool hal_user_copy(void *to, const void *from, size_t size);
bool hal_user_load_u32(u32 *value, const u32 *from);

static void user_access_begin(void)
{
    if (cpu_features.smap)
        __asm__ volatile("stac" ::: "cc", "memory");
}
static void user_access_end(void)
{
    if (cpu_features.smap)
        __asm__ volatile("clac" ::: "cc", "memory");
}

static bool user_range(vaddr address, size_t size)
{
    return address >= KOS_USER_BASE && address < KOS_USER_LIMIT && size <= KOS_USER_LIMIT - address;
}

bool hal_copy_from_user(void *to, vaddr from, size_t size)
{
    if (size == 0)
        return true;
    if (!user_range(from, size))
        return false;
    user_access_begin();
    bool ok = hal_user_copy(to, (const void *)from, size);
    user_access_end();
    return ok;
}

bool hal_copy_to_user(vaddr to, const void *from, size_t size)
{
    if (size == 0)
        return true;
    if (!user_range(to, size))
        return false;
    user_access_begin();
    bool ok = hal_user_copy((void *)to, from, size);
    user_access_end();
    return ok;
}

bool hal_load_user_32(void *to, vaddr from)
{
    if (unlikely(from % 8 != 0 || !user_range(from, 32)))
        return false;
    if (unlikely(!cpu_features.smap))
        return hal_user_load_32(to, (const void *)from);
    __asm__ volatile("stac" ::: "cc", "memory");
    bool ok = hal_user_load_32(to, (const void *)from);
    __asm__ volatile("clac" ::: "cc", "memory");
    return ok;
}

bool hal_load_user_u32(u32 *value, vaddr from)
{
    if (from % 4 != 0 || from - KOS_USER_BASE >= KOS_USER_LIMIT - KOS_USER_BASE)
        return false;
    user_access_begin();
    bool ok = hal_user_load_u32(value, (const u32 *)from);
    user_access_end();
    return ok;
}
