/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <tests/languages/psl/compare/generate.h>

static void open_sid(const char *name)
{
    printf("%s {sid : ", name);
    generate_sid();
}

static void hashset_rule(void)
{
    static const char *const names[] = {"ports.add", "ports.remove", nullptr};
    switch (below(7)) {
    case 0:
        open_sid(pick((const char *const[]){"ports.init", "pairs.init", "files.init", nullptr}));
        break;
    case 6:
        open_sid(below(2) != 0 ? "files.add" : "files.remove");
        printf(", entry : {handle : %s, rights : %u}", below(2) != 0 ? "src_sid" : "3", below(3));
        break;
    case 1:
        open_sid(below(2) != 0 ? "ports.fini" : "pairs.fini");
        break;
    case 2:
        open_sid(below(2) != 0 ? "pairs.add" : "pairs.remove");
        printf(", entry : {b : [src_sid == %u, src_sid], a : %d}", below(3), (int)below(3) - 1);
        break;
    default:
        open_sid(pick(names));
        printf(", entry : %u", below(4));
        break;
    }
    fputs("} ", stdout);
}

static void map_rule(void)
{
    static const char *const names[] = {"limits.init",     "limits.fini",     "limits.commit",
                                        "limits.rollback", "limits.rollback", nullptr};
    if (below(2) != 0) {
        open_sid(pick(names));
        fputs("} ", stdout);
        return;
    }
    open_sid("limits.set");
    if (gen.place.texts != nullptr && below(3) == 0)
        printf(", key : %s", pick(gen.place.texts));
    else
        printf(", key : %s", below(3) == 0 ? "[111, 112, 101, 110]" : "\"read\"");
    printf(", value : %d} ", (int)below(70) * 900 - 32000);
}

static void flow_rule(void)
{
    bool other = below(4) == 0;
    const char *object = other ? "other" : "session";
    switch (below(6)) {
    case 0:
        printf("%s.init {sid : ", object);
        generate_sid();
        break;
    case 1:
        printf("%s.fini {sid : ", object);
        generate_sid();
        break;
    case 2:
    case 3:
        printf("%s.enter {sid : ", object);
        generate_sid();
        fputs(", state : ", stdout);
        generate_state(other);
        break;
    default:
        printf("%s.allow {sid : ", object);
        generate_sid();
        fputs(", states : [", stdout);
        generate_state(other);
        if (below(2) != 0) {
            fputs(", ", stdout);
            generate_state(other);
        }
        fputs("]", stdout);
        break;
    }
    fputs("} ", stdout);
}

static void mic_rule(void)
{
    static const char *const sides[] = {"call", "invoke", "read", "write", nullptr};
    static const char *const resources[] = {"create", "delete", "upgrade", nullptr};
    bool labels = below(2) != 0;
    const char *object = labels ? "labels" : "mic";
    unsigned kind = below(5);
    if (kind == 0) {
        printf("%s.execute {image : %s, target : ", object, below(2) != 0 ? "()" : "src_sid");
        generate_sid();
        fputs(", level : ", stdout);
        generate_level(labels);
        fputs(", levelR : ", stdout);
        if (below(2) != 0)
            fputs("()", stdout);
        else
            generate_level(labels);
    } else if (kind == 1) {
        const char *name = pick(resources);
        printf("%s.%s {source : ", object, name);
        generate_sid();
        fputs(", target : ", stdout);
        generate_sid();
        printf(", container : %s, driver : ", below(2) != 0 ? "()" : "src_sid");
        generate_sid();
        if (name[0] != 'd') {
            fputs(", level : ", stdout);
            if (name[0] == 'c' && below(3) == 0)
                fputs("()", stdout);
            else
                generate_level(labels);
        }
    } else {
        printf("%s.%s {source : ", object, pick(sides));
        generate_sid();
        fputs(", target : ", stdout);
        generate_sid();
    }
    fputs("} ", stdout);
}

static void rule(void)
{
    switch (below(14)) {
    case 0:
        fputs("deny () ", stdout);
        break;
    case 1:
        fputs(below(4) == 0 ? "set_level 3 " : "grant () ", stdout);
        break;
    case 2:
    case 3:
    case 4:
        printf("%s (", below(4) != 0 ? "assert" : "deny");
        generate_boolean(2);
        fputs(") ", stdout);
        break;
    case 5:
    case 6:
        hashset_rule();
        break;
    case 7:
    case 8:
        map_rule();
        break;
    case 9:
    case 10:
        flow_rule();
        break;
    case 11:
    case 12:
        mic_rule();
        break;
    default:
        fputs("grant () ", stdout);
        break;
    }
}

static void branch(const char *condition, unsigned depth)
{
    printf("%s : ", condition);
    if (below(2) != 0) {
        rule();
    } else {
        fputs("{ ", stdout);
        generate_body(depth, true);
        fputs("} ", stdout);
    }
}

/* On several values at once. */
static void tuple_choice(unsigned depth)
{
    static const char *const conditions[] = {"[1, \"open\"]", "[_, \"closed\"]", "[2, _]", "[_, _]", "[1, \"closed\"]"};
    fputs("choice ([", stdout);
    generate_integer(0);
    fputs(", session.query {sid : ", stdout);
    generate_sid();
    fputs("}]) { ", stdout);
    for (unsigned i = 0; i < 5; i++)
        if (below(2) != 0)
            branch(conditions[i], depth);
    if (below(3) != 0)
        branch("_", depth);
    fputs("} ", stdout);
}

static void choice(unsigned depth)
{
    if (below(4) == 0) {
        tuple_choice(depth);
        return;
    }
    static const char *const levels[] = {"{degree : \"low\", categories : [\"red\"]}",
                                         "{degree : \"high\", categories : [\"red\", \"blue\", \"green\"]}"};
    unsigned kind = below(gen.place.texts != nullptr ? 6 : 4);
    fputs("choice (", stdout);
    if (kind == 0) {
        generate_integer(0);
    } else if (kind == 1 || kind == 2) {
        fputs(kind == 1 ? "session.query {sid : " : "mic.query_level {source : ", stdout);
        generate_sid();
        fputs("}", stdout);
    } else if (kind == 3) {
        fputs("labels.query_level {source : ", stdout);
        generate_sid();
        fputs("}", stdout);
    } else {
        printf(kind == 4 ? "re.select {text : %s}" : "%s", pick(gen.place.texts));
    }
    fputs(") { ", stdout);
    branch(kind == 0 ? "1" : kind == 1 ? "\"open\"" : kind == 2 ? "\"LOW\"" : kind == 3 ? levels[0] : "\"a.*\"", depth);
    if (below(2) != 0)
        branch(kind == 0   ? "2"
               : kind == 1 ? "\"closed\""
               : kind == 2 ? "\"HIGH\""
               : kind == 3 ? levels[1]
                           : "\"ab\"",
               depth);
    if (below(3) != 0)
        branch("_", depth);
    fputs("} ", stdout);
}

void generate_body(unsigned depth, bool may_match)
{
    static const char *const more[] = {"src=app.Client", "src=app.Peer", "dst=app.Client",
                                       "dst=app.Server", "src=Second",   "component=app.StorePart",
                                       nullptr};
    static const char *const starts[] = {"src=Einit", "dst=app.Client", "src=kl.core.Core", "dst=Second", nullptr};
    if (!gen.full && below(8) == 0)
        printf("audit %s ", below(2) != 0 ? "some" : "global");
    for (unsigned i = 1 + below(3); i-- != 0;) {
        unsigned kind = depth != 0 ? below(7) : 9;
        if (kind == 0 && may_match) {
            struct place outer = gen.place;
            const char *const *selectors =
                gen.place.has_destination ? more : (const char *const[]){"src=app.Server", nullptr};
            printf("match %s { ", pick(gen.place.is_execute ? starts : selectors));
            generate_body(depth - 1, true);
            fputs("} ", stdout);
            gen.place = outer;
        } else if (kind == 1) {
            choice(depth - 1);
        } else {
            rule();
        }
    }
}

struct stage {
    const char *selectors;
    const char *const *integers, *const *texts;
};

#define FILE_KNOWN "bool.cond {if : files.contains {sid : src_sid, entry : message.file}, then : 3, else : 1}"

static const struct stage messages[] = {
    {"request dst=app.Keeper method=Sum",
     (const char *const[]){"math.sum (message.list)", "math.product (message.list)", "size (message.list)",
                           "message.sum", nullptr},
     nullptr},
    {"request dst=app.Keeper method=Has",
     (const char *const[]){FILE_KNOWN, "message.owner.who.handle", "message.owner.number", "message.file.rights",
                           nullptr},
     nullptr},
    {"request dst=app.Server endpoint=store.main method=Numbers",
     (const char *const[]){"message.u8", "message.u16", "message.u32", "message.u64", "message.s8", "message.s16",
                           "message.s32", "message.s64", nullptr},
     nullptr},
    {"request interface=app.Store method=Open", (const char *const[]){"message.flags", nullptr},
     (const char *const[]){"message.name", nullptr}},
    {"request src=app.Client dst=app.Server component=app.StorePart method=SetMode",
     (const char *const[]){"message.mode.dir0", "message.mode.dir1", "message.mode.lamps.[1]",
                           "message.mode.lamps.[message.mode.dir0]", "message.path.[0].x",
                           "message.path.[message.mode.dir1].y", "size (message.path)", "message.value.number",
                           "message.value.point.y", "size (message.mode.title)", nullptr},
     (const char *const[]){"message.mode.title", "message.value.text", nullptr}},
    {"request dst=app.Server method=Names",
     (const char *const[]){"message.table.[0].[1]", "message.table.[1].[0]", "message.handles.[1].handle",
                           "message.handles.[0].rights", "size (message.names)", "math.sum (message.table.[0])",
                           nullptr},
     (const char *const[]){"message.names.[0]", "message.names.[1]", nullptr}},
    {"request method=Read",
     (const char *const[]){"message.file.handle", "message.file.rights", "message.size", FILE_KNOWN, nullptr}, nullptr},
    {"response method=Numbers", (const char *const[]){"message.sum", nullptr}, nullptr},
    {"response src=app.Server dst=app.Client method=Open",
     (const char *const[]){"message.rc", "message.file.handle", nullptr}, nullptr},
    {"error method=Open", (const char *const[]){"message.code", nullptr}, nullptr},
    {"security method=Register", (const char *const[]){"message.id", "message.resource.handle", nullptr}, nullptr},
    {"request dst=kl.core.Core method=Copy",
     (const char *const[]){"message.inHandle.handle", "message.inHandle.rights", "message.newRightsMask",
                           "message.copyBadge.handle", nullptr},
     nullptr},
    {"response src=kl.core.Core endpoint=handle.Handle method=Connect",
     (const char *const[]){"message.rc", "message.server.handle", "message.client.handle", "message.client.rights",
                           nullptr},
     nullptr},
    {"request interface=app.Control method=Start", (const char *const[]){"message.level", nullptr}, nullptr},
};

void generate_binding(void)
{
    static const char *const broad[] = {"request",
                                        "request src=app.Client",
                                        "request dst=app.Server",
                                        "request dst=app.Server interface=app.Control",
                                        "request endpoint=store.main",
                                        "request component=app.Group",
                                        "request src=app.Peer dst=Second",
                                        "response src=app.Server",
                                        "response",
                                        "error",
                                        "error dst=app.Client",
                                        "execute",
                                        "execute src=Einit",
                                        "execute dst=app.Client",
                                        "execute src=app.Client dst=app.Peer",
                                        nullptr};
    if (below(3) == 0) {
        const char *selectors = pick(broad);
        gen.place = (struct place){.has_destination = true, .is_execute = selectors[0] == 'e' && selectors[1] == 'x'};
        printf("%s { ", selectors);
    } else {
        const struct stage *m = &messages[below(sizeof(messages) / sizeof(messages[0]))];
        gen.place = (struct place){m->integers, m->texts, m->selectors[0] != 's', false};
        printf("%s { ", m->selectors);
    }
    generate_body(2, true);
    puts("}");
}
