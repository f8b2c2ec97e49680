/* SPDX-License-Identifier: Apache-2.0 */
/* Functions on texts that libkos itself does not need. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

size_t strspn(const char *text, const char *set)
{
    size_t length = 0;
    while (text[length] != '\0' && strchr(set, text[length]) != NULL)
        length++;
    return length;
}

size_t strcspn(const char *text, const char *set)
{
    size_t length = 0;
    while (text[length] != '\0' && strchr(set, text[length]) == NULL)
        length++;
    return length;
}

char *strpbrk(const char *text, const char *set)
{
    text += strcspn(text, set);
    return *text != '\0' ? (char *)(size_t)text : NULL;
}

char *strtok_r(char *text, const char *set, char **rest)
{
    text = text != NULL ? text : *rest;
    text += strspn(text, set);
    char *end = text + strcspn(text, set);
    *rest = *end != '\0' ? end + 1 : end;
    if (end == text)
        return NULL;
    *end = '\0';
    return text;
}

char *strtok(char *text, const char *set)
{
    static char *rest;
    return strtok_r(text, set, &rest);
}

char *strndup(const char *text, size_t size)
{
    size_t length = strnlen(text, size);
    char *copy = malloc(length + 1);
    if (copy != NULL) {
        memcpy(copy, text, length);
        copy[length] = '\0';
    }
    return copy;
}

char *strdup(const char *text)
{
    return strndup(text, strlen(text));
}

int strncasecmp(const char *a, const char *b, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        int x = tolower((unsigned char)a[i]), y = tolower((unsigned char)b[i]);
        if (x != y || x == 0)
            return x - y;
    }
    return 0;
}

int strcasecmp(const char *a, const char *b)
{
    return strncasecmp(a, b, (size_t)-1);
}

static _Thread_local int error_number;

int *kos_errno(void)
{
    return &error_number;
}

char *strerror(int error)
{
    static const struct {
        int error;
        const char *text;
    } texts[] = {{0, "Success"},
                 {EPERM, "Operation not permitted"},
                 {ENOENT, "No such file"},
                 {EINTR, "Interrupted"},
                 {EIO, "I/O error"},
                 {ENOMEM, "Out of memory"},
                 {EACCES, "Not allowed"},
                 {EBUSY, "Busy"},
                 {EEXIST, "Exists"},
                 {EINVAL, "Invalid argument"},
                 {EDOM, "Out of domain"},
                 {ERANGE, "Out of range"},
                 {EILSEQ, "Illegal bytes"},
                 {ETIMEDOUT, "Timed out"}};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (texts[i].error == error)
            return (char *)(size_t)texts[i].text;
    return (char *)(size_t)"Unknown error";
}
