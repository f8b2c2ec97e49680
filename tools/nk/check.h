/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The checks: names, constants, types, layouts, methods, endpoints. Each fills the "checked" fields of syntax.h and
 * reports to program->diagnostics. What a unit refers to was checked before it.
 */
#pragma once
#include <tools/nk/program.h>

/* Limits of a message that the kernel sets (abi/limits.h, abi/ipc.h). */
#define MESSAGE_HEADER_SIZE  24U
#define MESSAGE_SIZE_MAX     (8U << 20)
#define MESSAGE_CHECKED_MAX  4096U /* parameters of a constant part that holds chunks or handles */
#define MESSAGE_HANDLES_MAX  127U
#define METHODS_MAX          65535U
#define ENDPOINTS_MAX        65535U /* one number is INVALID_RIID */
#define ELEMENTS_MAX         0x7fffffffU
#define DEPTH_MAX            16U   /* of nested types: KSM_DEPTH_MAX of ksm/policy.h */
#define PARTS_MAX            4096U /* of one type, each element type counted once */
#define INSTANCES_MAX        65535U
#define EXPRESSION_DEPTH_MAX 1000U

void check_package(struct program *program, struct unit *unit);
void check_methods(struct program *program, struct unit *unit);
/* CDL, EDL */
void check_parts(struct program *program, struct unit *unit);
/* A security interface: methods with in parameters only. at: the reference. */
void check_security_interface(struct program *program, const struct unit *interface, struct location at);

/* The type's count, size and alignment; resolves its name. before: only declarations above this one may be used. */
void check_type(struct program *program, struct unit *unit, const struct declaration *before, struct type **type);
/* False after an error: types nested too deeply, or too many in one. */
bool check_extent(struct program *program, struct location at, unsigned depth, unsigned parts);
/* Members unique and legal in C, types checked. owner: words for messages, like "struct 'Point'". */
void check_members(struct program *program, struct unit *unit, const struct declaration *before,
                   struct members *members, const char *owner);
/* A name that becomes a C identifier of its own: a member, a method, an endpoint. */
void check_c_name(struct program *program, struct name name, const char *what);
void check_no_underscore(struct program *program, struct name name, const char *what);

/* The declaration that a name means in unit, or null after an error. what: "type", "constant". */
struct declaration *check_resolve(struct program *program, struct unit *unit, const struct declaration *before,
                                  struct name name, const char *what);
/* Value of a constant expression; width is the number of bits in which ~ complements, is_signed its sign. False after
 * an error. */
bool check_evaluate(struct program *program, struct unit *unit, const struct declaration *before,
                    const struct expression *expression, unsigned width, bool is_signed, __int128 *value);
/* Decimal digits of any value, in the pool. */
const char *check_digits(struct program *program, __int128 value);
