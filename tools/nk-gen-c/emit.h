/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The header that nk-gen-c writes. It is a row of sections, each with its own include guard, so that every header can
 * carry all that it needs and several may be included in any order. Names at file scope are claimed first: two things
 * with one C name are an error at their source.
 */
#pragma once
#include <tools/nk/names.h>
#include <tools/nk/program.h>

enum trace : unsigned { TRACE_NONE, TRACE_HEADERS, TRACE_DUMP };

struct options {
    /* What to generate; all false = everything. */
    bool types, interface, endpoints, client, server;
    enum trace trace_client, trace_server;
    const char *const *trace_methods; /* names, as in "Ping" or "echo.Ping.Ping"; none = all */
    unsigned trace_method_count;
};

struct emitter {
    struct program *program;
    const struct options *options;
    const struct unit *main;
    struct text *text;
    struct c_names names;
    const struct c_name *section_before; /* last name of the sections before this one */
    const char *section_guard;
    unsigned rawtypes; /* bits: section written, see emit_rawtype */
};

[[gnu::format(printf, 2, 3)]] void emit(struct emitter *emitter, const char *format, ...);
/* "__echo__Ping__<what>__" begins and ends; names claimed in between get their unqualified macros. */
void emit_section(struct emitter *emitter, const char *name, const char *what);
void emit_section_end(struct emitter *emitter);
/* The file-scope name of unit's thing `suffix`: "prefix_suffix", or the bare prefix if suffix is null. Claims it. */
const char *emit_claim(struct emitter *emitter, const struct unit *unit, struct location at, const char *suffix);
[[gnu::format(printf, 4, 5)]] const char *emit_claim_print(struct emitter *emitter, const struct unit *unit,
                                                           struct location at, const char *format, ...);
/* A comment with the place that something comes from: "echo/Ping.idl:12". */
const char *emit_place(struct emitter *emitter, const struct unit *unit, struct location at);

/* "nk_uint32_t" of a checked type; the dimensions of an array come from emit_dimensions, behind the name. */
const char *emit_type(struct emitter *emitter, const struct type *type);
const char *emit_dimensions(struct emitter *emitter, const struct type *type);
/* "__nk_alignas(4) nk_uint32_t name[3];" */
void emit_field(struct emitter *emitter, const char *indent, const struct member *member);

/* The sections; each is written once per header. */
void emit_package(struct emitter *emitter, const struct unit *package);
void emit_interface(struct emitter *emitter, const struct unit *interface);
void emit_vtable(struct emitter *emitter, const struct unit *interface);
void emit_client(struct emitter *emitter, const struct unit *interface);
void emit_server(struct emitter *emitter, const struct unit *interface);
void emit_component_endpoints(struct emitter *emitter, const struct unit *part);
void emit_task_endpoints(struct emitter *emitter, const struct unit *class);
void emit_component_server(struct emitter *emitter, const struct unit *part);
void emit_entity_server(struct emitter *emitter, const struct unit *class);

/* "<stem>req_arena_size = 58," and its kin, of an interface or of all endpoints of a part. */
void emit_aggregate_sizes(struct emitter *emitter, const struct unit *unit, const char *stem);
/* A call of nk_trace_message; what: "request" or "response". */
void emit_trace(struct emitter *emitter, const struct unit *interface, const struct method *method, enum trace trace,
                const char *what);

/* True if calls of this method are to be traced. */
bool emit_traces(const struct emitter *emitter, enum trace trace, const struct unit *interface,
                 const struct method *method);

/* The whole header for a checked unit. */
void emit_header(struct program *program, const struct options *options, struct unit *main, struct text *text);
