/* SPDX-License-Identifier: Apache-2.0 */
/* Characters, escapes and sets of patterns. What is not UTF-8 is an error. */
#include <string.h>
#include <tools/nk-psl-gen-c/condition.h>
#include <tools/nk-psl-gen-c/regex_parse.h>

uint32_t regex_character(struct regex_reader *reader)
{
    const unsigned char *bytes = (const unsigned char *)reader->text + reader->at;
    unsigned length = bytes[0] < 0x80 ? 1 : bytes[0] >= 0xf0 ? 4 : bytes[0] >= 0xe0 ? 3 : bytes[0] >= 0xc0 ? 2 : 1;
    uint32_t value = length == 1 ? bytes[0] : bytes[0] & (0x7fU >> length);
    for (unsigned i = 1; i < length; i++) {
        if ((bytes[i] & 0xc0) != 0x80) {
            regex_fail(reader, "the pattern is not valid UTF-8");
            length = i;
            break;
        }
        value = value << 6 | (bytes[i] & 0x3f);
    }
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (reader->error == nullptr &&
        (value < least[length] || value > UNICODE_MAX || value - 0xd800 < 0x800 || (length == 1 && value >= 0x80)))
        regex_fail(reader, "the pattern is not valid UTF-8");
    reader->at += length;
    return value;
}

struct regex_range *regex_add_range(struct regex_reader *reader, struct regex_range *list, uint32_t first,
                                    uint32_t last)
{
    struct regex_range **place = &list;
    while (*place != nullptr && (*place)->last + 1 < first)
        place = &(*place)->next;
    struct regex_range *made = POOL_NEW(reader->pool, struct regex_range);
    *made = (struct regex_range){first, last, *place};
    while (made->next != nullptr && made->next->first <= made->last + 1) {
        made->first = made->next->first < made->first ? made->next->first : made->first;
        made->last = made->next->last > made->last ? made->next->last : made->last;
        made->next = made->next->next;
    }
    *place = made;
    return list;
}

static struct regex_range *negate(struct regex_reader *reader, const struct regex_range *list)
{
    struct regex_range *result = nullptr;
    uint32_t next = 0;
    for (; list != nullptr; list = list->next) {
        if (list->first > next)
            result = regex_add_range(reader, result, next, list->first - 1);
        next = list->last + 1;
    }
    return next <= UNICODE_MAX ? regex_add_range(reader, result, next, UNICODE_MAX) : result;
}

/* \d and its kin; null if the letter is none of them. */
static struct regex_range *letter_set(struct regex_reader *reader, char letter)
{
    struct regex_range *list = nullptr;
    switch (letter | 0x20) {
    case 'd':
        list = regex_add_range(reader, list, '0', '9');
        break;
    case 'w':
        list = regex_add_range(reader, list, '0', '9');
        list = regex_add_range(reader, list, 'A', 'Z');
        list = regex_add_range(reader, list, '_', '_');
        list = regex_add_range(reader, list, 'a', 'z');
        break;
    case 's':
        list = regex_add_range(reader, list, '\t', '\r');
        list = regex_add_range(reader, list, ' ', ' ');
        break;
    default:
        return nullptr;
    }
    return (letter & 0x20) != 0 ? list : negate(reader, list);
}

static int hexadecimal(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

struct regex_range *regex_escape(struct regex_reader *reader, uint32_t *value)
{
    static const char from[] = "nrtfv", to[] = "\n\r\t\f\v";
    char letter = reader->text[reader->at];
    if (letter == '\0')
        return regex_fail(reader, "expected a character behind '\\'");
    struct regex_range *set = letter_set(reader, letter);
    const char *control = strchr(from, letter);
    if (set != nullptr) {
        reader->at++;
    } else if (control != nullptr) {
        *value = (uint32_t)to[control - from];
        reader->at++;
    } else if (letter == 'x') {
        int high = hexadecimal(reader->text[reader->at + 1]);
        int low = high >= 0 ? hexadecimal(reader->text[reader->at + 2]) : -1;
        if (low < 0)
            return regex_fail(reader, "expected two hexadecimal digits behind '\\x'");
        *value = (uint32_t)(high * 16 + low);
        reader->at += 3;
    } else if (psl_word_goes_on(letter) && letter != '_') {
        return regex_fail(reader, "this letter behind '\\' means nothing");
    } else {
        *value = regex_character(reader);
    }
    return set;
}

struct regex_node *regex_set(struct regex_reader *reader)
{
    struct regex_range *list = nullptr;
    bool negated = reader->text[reader->at] == '^';
    reader->at += negated;
    for (bool first = true; first || reader->text[reader->at] != ']'; first = false) {
        struct regex_range *several = nullptr;
        uint32_t from = 0;
        if (reader->text[reader->at] == '\0')
            return regex_fail(reader, "expected ']'");
        if (reader->text[reader->at] == '\\') {
            reader->at++;
            several = regex_escape(reader, &from);
        } else {
            from = regex_character(reader);
        }
        uint32_t to = from;
        bool range = several == nullptr && reader->text[reader->at] == '-' && reader->text[reader->at + 1] != ']' &&
                     reader->text[reader->at + 1] != '\0';
        if (range) {
            reader->at++;
            if (reader->text[reader->at] != '\\')
                to = regex_character(reader);
            else if (reader->at++, regex_escape(reader, &to) != nullptr)
                return regex_fail(reader, "expected a character behind '-'");
            if (to < from)
                return regex_fail(reader, "the range is empty: its end comes before its start");
        }
        if (reader->error != nullptr)
            return nullptr;
        bool single = several == nullptr;
        for (; several != nullptr; several = several->next)
            list = regex_add_range(reader, list, several->first, several->last);
        if (single)
            list = regex_add_range(reader, list, from, to);
    }
    reader->at++;
    struct regex_node *node = regex_make(reader, REGEX_SET, nullptr, nullptr);
    node->ranges = negated ? negate(reader, list) : list;
    return node;
}
