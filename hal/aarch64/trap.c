/* SPDX-License-Identifier: Apache-2.0 */
/* C half of exception entry: sorts exceptions, serves faults of user copies, reports faults of the kernel. */
#include "port.h"

static_assert(offsetof(struct hal_cpu, zero) == CPU_ZERO && offsetof(struct hal_cpu, current) == 0);
static_assert(offsetof(struct hal_context, pc) == CONTEXT_PC && offsetof(struct hal_context, sp) == CONTEXT_PC + 8);
static_assert(offsetof(struct hal_context, fp) == CONTEXT_FP && offsetof(struct hal_context, x19) == CONTEXT_FP + 8);
static_assert(offsetof(struct hal_context, receive) == CONTEXT_RECEIVE);
static_assert(offsetof(struct hal_context, x16) == CONTEXT_X16);
static_assert(offsetof(struct hal_context, words) == CONTEXT_WORDS);
static_assert(offsetof(struct hal_context, selector) == CONTEXT_SELECTOR);
static_assert(offsetof(struct hal_context, info) == CONTEXT_SELECTOR + 8);
static_assert(offsetof(struct hal_context, kind) == CONTEXT_KIND && offsetof(struct hal_context, spsr) == CONTEXT_SPSR);
static_assert(offsetof(struct hal_context, x1) == CONTEXT_X1 && offsetof(struct hal_context, x17) == CONTEXT_X17);
static_assert(offsetof(struct hal_context, x4) == CONTEXT_X4 && offsetof(struct hal_context, x18) == CONTEXT_X18);
static_assert(offsetof(struct hal_context, x27) == CONTEXT_X18 + 8 && offsetof(struct hal_context, x30) == CONTEXT_X30);
static_assert(offsetof(struct kernel_frame, sp) == FRAME_SP && offsetof(struct kernel_frame, pc) == FRAME_PC);
static_assert(offsetof(struct kernel_frame, spsr) == FRAME_SPSR && sizeof(struct kernel_frame) == FRAME_SIZE);
static_assert(HAL_RESUME_FULL == 1 && HAL_RESUME_CALL == 0);

#define BACKTRACE_MAX  24U
#define SYNDROME_WRITE (1U << 6)
#define SYNDROME_CACHE (1U << 8) /* cache maintenance: reported as a write, needs only to read */

static u32 exception_class(u64 syndrome)
{
    return (u32)(syndrome >> 26) & 63;
}
static bool is_data_abort(u32 class)
{
    return class == 0x24 || class == 0x25;
}
static u32 fault_status(u64 syndrome)
{
    return (u32)syndrome & 63;
}

static u32 data_access(u64 syndrome)
{
    return (syndrome & (SYNDROME_WRITE | SYNDROME_CACHE)) == SYNDROME_WRITE ? HAL_ACCESS_WRITE : HAL_ACCESS_READ;
}

static enum hal_exception_kind sort(u64 syndrome)
{
    switch (exception_class(syndrome)) {
    case 0x07:
        return HAL_EXCEPTION_FPU;
    case 0x00:
    case 0x01:
    case 0x0d:
    case 0x0e:
    case 0x15:
    case 0x16:
    case 0x17:
    case 0x18:
    case 0x19:
    case 0x1c:
    case 0x1d:
        return HAL_EXCEPTION_ILLEGAL;
    case 0x20:
    case 0x24:
        if (fault_status(syndrome) < 0x10) /* address size, translation, access flag, permission */
            return HAL_EXCEPTION_PAGE_FAULT;
        return fault_status(syndrome) == 0x21 ? HAL_EXCEPTION_ALIGNMENT : HAL_EXCEPTION_OTHER;
    case 0x22:
    case 0x26:
        return HAL_EXCEPTION_ALIGNMENT;
    case 0x2c:
        return HAL_EXCEPTION_ARITHMETIC;
    case 0x30:
    case 0x32:
    case 0x34:
    case 0x3c:
        return HAL_EXCEPTION_BREAKPOINT;
    default:
        return HAL_EXCEPTION_OTHER;
    }
}

void hal_trap_user(struct hal_context *context)
{
    const u64 syndrome = read_register(esr_el1);
    struct hal_exception exception = {.kind = sort(syndrome), .code = syndrome, .name = hal_syndrome_name(syndrome)};
    if (exception.kind == HAL_EXCEPTION_PAGE_FAULT || exception.kind == HAL_EXCEPTION_ALIGNMENT ||
        is_data_abort(exception_class(syndrome)) || exception_class(syndrome) == 0x20) {
        exception.address = exception_class(syndrome) == 0x26 ? context->sp : read_register(far_el1);
        exception.access = is_data_abort(exception_class(syndrome)) ? data_access(syndrome) : HAL_ACCESS_EXECUTE;
    }
    kernel_exception(context, &exception);
}

/* The PMU's line is level-triggered, and still up: it goes down before interrupts are open again. */
[[noreturn, gnu::noinline]] static void other_interrupt(void)
{
    u64 late;
    if (hal_pmu_overflowed(&late))
        kernel_counter_interrupt(read_register(elr_el1), late);
    kernel_spurious_interrupt();
}

void hal_trap_interrupt(void)
{
    u32 line;
    switch (hal_gic_take(&line)) {
    case GIC_TIMER:
        kernel_timer_interrupt();
    case GIC_IPI:
        kernel_ipi_interrupt();
    case GIC_DEVICE:
        kernel_device_interrupt(line);
    case GIC_OTHER:
        break;
    }
    other_interrupt();
}

/* Frame records on this CPU's stack only: a chain that leads elsewhere ends. */
static void print_backtrace(u64 frame_pointer)
{
    const struct hal_cpu *cpu = hal_cpu_self();
    const u64 top = (u64)cpu - CPU_STACK_DISTANCE, bottom = top - (HAL_BLOCK_STACK_TOP - HAL_BLOCK_STACK);
    for (u32 i = 0; i < BACKTRACE_MAX; i++) {
        if (frame_pointer < bottom || frame_pointer > top - 16 || (frame_pointer & 7) != 0)
            return;
        const u64 *record = (const u64 *)frame_pointer;
        kernel_print("  called from %016lx\n", record[1]);
        if (record[0] <= frame_pointer)
            return;
        frame_pointer = record[0];
    }
}

static void print_frame(const struct kernel_frame *frame)
{
    kernel_print("pc  %016lx sp  %016lx spsr %08lx\n", frame->pc, frame->sp, frame->spsr);
    for (u32 i = 0; i < 28; i += 4)
        kernel_print("x%02u %016lx x%02u %016lx x%02u %016lx x%02u %016lx\n", i, frame->x[i], i + 1, frame->x[i + 1],
                     i + 2, frame->x[i + 2], i + 3, frame->x[i + 3]);
    kernel_print("x28 %016lx x29 %016lx x30 %016lx\n", frame->x[28], frame->x[29], frame->x[30]);
    print_backtrace(frame->x[29]);
}

void hal_trap_kernel(struct kernel_frame *frame)
{
    const u64 syndrome = read_register(esr_el1), address = read_register(far_el1);
    const bool in_copy = frame->pc >= (u64)hal_user_access_start && frame->pc < (u64)hal_user_access_end;
    if (in_copy && exception_class(syndrome) == 0x25 && address < KOS_USER_LIMIT) {
        const bool load_32 = frame->pc >= (u64)hal_user_load_32 && frame->pc < (u64)hal_user_load_32_end;
        /* else what a device's memory does not do, which a driver has told the kernel to copy: it did not answer
         * (external abort), or not at such an address (alignment) */
        const bool page_fault = fault_status(syndrome) < 0x10;
        if (!page_fault || !kernel_user_fault(address, data_access(syndrome)) || load_32)
            frame->pc = (u64)hal_user_access_failed;
        return;
    }
    print_frame(frame);
    kernel_panic("%s in the kernel at 0x%lx, address 0x%lx, ESR 0x%lx", hal_syndrome_name(syndrome), frame->pc, address,
                 syndrome);
}

void hal_trap_stack_lost(u64 frame_pointer, u64 sp)
{
    const u64 syndrome = read_register(esr_el1);
    print_backtrace(frame_pointer);
    kernel_panic("kernel stack lost: sp 0x%lx, pc 0x%lx, %s, address 0x%lx", sp, read_register(elr_el1),
                 hal_syndrome_name(syndrome), read_register(far_el1));
}

void hal_trap_unexpected(u64 which, u64 sp)
{
    static const char *const names[] = {"exception on SP_EL0", "SError in the kernel", "exception from AArch32",
                                        "SError in user mode"};
    kernel_panic("%s: pc 0x%lx, sp 0x%lx, ESR 0x%lx, address 0x%lx", names[which & 3], read_register(elr_el1), sp,
                 read_register(esr_el1), read_register(far_el1));
}
