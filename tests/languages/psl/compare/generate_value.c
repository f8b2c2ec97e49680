/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <tests/languages/psl/compare/generate.h>

static const char *const patterns[] = {"a*",      "[a-z]+",   "a|b",       "(ab|a)(bc)?c*", "\\\\w+\\\\.txt", ".",
                                       "[^a-c]*", ".{2,4}",   "(a|b)*abb", "\\\\d+|",       "[а-я]",          "get .*",
                                       "x{0}",    "(a?){3}b", "\\\\s+",    "[\\\\w.]*",     "(?:op|cl).+",    nullptr};

void generate_sid(void)
{
    static const char *const sids[] = {"src_sid", "dst_sid", "1", "2", "3", "5", "0x7fffffff", "0", nullptr};
    if (!gen.place.has_destination)
        fputs(below(2) != 0 ? "src_sid" : "4", stdout);
    else
        fputs(pick(sids), stdout);
}

void generate_text(void)
{
    static const char *const texts[] = {"\"a\"",       "\"\"",       "\"ab\"", "\"open\"",
                                        "\"abc.txt\"", "\"closed\"", "\"ж\"",  nullptr};
    if (gen.place.texts != nullptr && below(3) != 0) {
        fputs(pick(gen.place.texts), stdout);
    } else if (below(6) == 0) {
        fputs("session.query {sid : ", stdout);
        generate_sid();
        fputs("}", stdout);
    } else if (below(8) == 0) {
        fputs("bool.cond {if : ", stdout);
        generate_boolean(1);
        fputs(", then : \"a\", else : \"busy\"}", stdout);
    } else {
        fputs(pick(texts), stdout);
    }
}

/* An operand that is no literal, so that nothing is folded to an error. */
static void leaf(void)
{
    if (gen.place.integers != nullptr && below(4) != 0) {
        fputs(pick(gen.place.integers), stdout);
    } else if (below(3) == 0) {
        printf("limits.%s {sid : ", below(2) != 0 ? "get" : "get_uncommitted");
        generate_sid();
        printf(", key : %s}", below(3) != 0 ? "\"open\"" : "\"read\"");
    } else {
        fputs("src_sid", stdout);
    }
}

void generate_integer(unsigned depth)
{
    static const char *const signs[] = {"+", "-", "*", "|", "&", nullptr};
    switch (depth == 0 ? below(2) : below(9)) {
    case 0:
        leaf();
        break;
    case 1:
        fputs("(", stdout);
        leaf();
        printf(" %s %u)", pick(signs), below(6));
        break;
    case 2:
        printf("(~");
        leaf();
        fputs(")", stdout);
        break;
    case 3:
        fputs("(-", stdout);
        leaf();
        fputs(")", stdout);
        break;
    case 4:
        fputs("bool.cond {if : ", stdout);
        generate_boolean(depth - 1);
        printf(", then : %u, else : %d}", below(300), (int)below(10) - 5);
        break;
    case 5:
        printf("math.%s ([", below(2) != 0 ? "sum" : "product");
        leaf();
        fputs(", ", stdout);
        leaf();
        printf(", %u])", 1 + below(3));
        break;
    default:
        fputs("(", stdout);
        generate_integer(depth - 1);
        printf(" %s ", pick(signs));
        leaf();
        fputs(")", stdout);
        break;
    }
}

static void comparison(unsigned depth)
{
    static const char *const signs[] = {"==", "!=", "<", "<=", ">", ">=", nullptr};
    generate_integer(depth);
    printf(" %s ", pick(signs));
    if (below(2) != 0)
        printf("%d", (int)below(12) - 3);
    else
        generate_integer(depth);
}

static void contains(void)
{
    if (below(2) != 0) {
        fputs("ports.contains {sid : ", stdout);
        generate_sid();
        printf(", entry : %u}", below(4));
        return;
    }
    fputs("pairs.contains {sid : ", stdout);
    generate_sid();
    printf(", entry : {a : %d, b : [", (int)below(3) - 1);
    generate_boolean(0);
    fputs(", src_sid]}}", stdout);
}

void generate_boolean(unsigned depth)
{
    static const char *const signs[] = {"&&", "||", "==>", nullptr};
    switch (depth == 0 ? 3 + below(5) : below(9)) {
    case 0:
        fputs("!(", stdout);
        generate_boolean(depth - 1);
        fputs(")", stdout);
        break;
    case 1:
    case 2:
        fputs("(", stdout);
        generate_boolean(depth - 1);
        printf(" %s ", pick(signs));
        generate_boolean(depth - 1);
        fputs(")", stdout);
        break;
    case 3:
        fputs("re.match {text : ", stdout);
        generate_text();
        printf(", pattern : \"%s\"}", pick(patterns));
        break;
    case 4:
        contains();
        break;
    case 5:
        printf("pred.empty (");
        generate_text();
        fputs(")", stdout);
        break;
    case 8:
        printf("bool.%s ([", below(2) != 0 ? "all" : "any");
        generate_boolean(0);
        fputs(", ", stdout);
        generate_boolean(0);
        fputs("])", stdout);
        break;
    default:
        fputs("(", stdout);
        comparison(depth != 0 ? depth - 1 : 0);
        fputs(")", stdout);
        break;
    }
}

void generate_state(bool other)
{
    static const char *const states[] = {"\"closed\"", "\"open\"", "\"busy\"", nullptr};
    static const char *const fewer[] = {"\"closed\"", "\"open\"", nullptr};
    if (!other && below(8) == 0) {
        fputs("other.query {sid : ", stdout);
        generate_sid();
        fputs("}", stdout);
    } else if (below(10) == 0) {
        fputs("bool.cond {if : ", stdout);
        generate_boolean(0);
        printf(", then : %s, else : %s}", pick(fewer), pick(fewer));
    } else {
        fputs(pick(other ? fewer : states), stdout);
    }
}

void generate_level(bool labels)
{
    static const char *const linear[] = {"\"LOW\"", "\"MEDIUM\"", "\"HIGH\"", nullptr};
    static const char *const full[] = {"\"low\"",
                                       "{degree : \"high\", categories : [\"red\"]}",
                                       "{degree : \"low\", categories : [\"red\", \"blue\"]}",
                                       "{degree : \"high\", categories : [\"blue\", \"green\", \"red\"]}",
                                       "{degree : (), categories : ()}",
                                       nullptr};
    if (below(8) == 0) {
        printf("%s.query_level {source : ", labels ? "labels" : "mic");
        generate_sid();
        fputs("}", stdout);
    } else if (!labels && gen.place.texts != nullptr && below(8) == 0) {
        fputs(pick(gen.place.texts), stdout);
    } else {
        fputs(pick(labels ? full : linear), stdout);
    }
}
