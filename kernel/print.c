/* SPDX-License-Identifier: Apache-2.0 */
#include <hal/console.h>
#include <kernel/print.h>

struct output {
    char *text;
    size_t size, length;
};

static void put(struct output *output, char c)
{
    if (output->length + 1 < output->size)
        output->text[output->length++] = c;
}

static void put_padded(struct output *output, const char *text, size_t length, unsigned width, char pad, bool left)
{
    for (size_t i = length; !left && i < width; i++)
        put(output, pad);
    for (size_t i = 0; i < length; i++)
        put(output, text[i]);
    for (size_t i = length; left && i < width; i++)
        put(output, ' ');
}

static void put_number(struct output *output, u64 value, bool negative, unsigned base, unsigned width, char pad,
                       bool left)
{
    char digits[24];
    size_t at = sizeof(digits);
    do {
        digits[--at] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value != 0);
    if (negative)
        digits[--at] = '-';
    put_padded(output, digits + at, sizeof(digits) - at, width, pad, left);
}

size_t kernel_vformat(char *text, size_t size, const char *format, va_list arguments)
{
    struct output output = {text, size, 0};
    for (; *format != '\0'; format++) {
        if (*format != '%') {
            put(&output, *format);
            continue;
        }
        format++;
        bool left = *format == '-';
        format += left;
        char pad = *format == '0' ? '0' : ' ';
        unsigned width = 0;
        while (*format >= '0' && *format <= '9')
            width = width * 10 + (unsigned)(*format++ - '0');
        bool is_long = false;
        while (*format == 'l' || *format == 'z') {
            is_long = true;
            format++;
        }
        if (*format == 's') {
            const char *string = va_arg(arguments, const char *);
            string = string != nullptr ? string : "(null)";
            put_padded(&output, string, strlen(string), width, ' ', left);
        } else if (*format == 'c') {
            char c = (char)va_arg(arguments, int);
            put_padded(&output, &c, 1, width, ' ', left);
        } else if (*format == 'd' || *format == 'i') {
            s64 value = is_long ? va_arg(arguments, s64) : va_arg(arguments, s32);
            put_number(&output, value < 0 ? -(u64)value : (u64)value, value < 0, 10, width, pad, left);
        } else if (*format == 'u' || *format == 'x') {
            u64 value = is_long ? va_arg(arguments, u64) : va_arg(arguments, u32);
            put_number(&output, value, false, *format == 'u' ? 10 : 16, width, pad, left);
        } else if (*format == 'p') {
            put_number(&output, (u64)va_arg(arguments, void *), false, 16, 16, '0', false);
        } else if (*format == '\0') {
            break;
        } else {
            put(&output, *format);
        }
    }
    if (size != 0)
        text[output.length] = '\0';
    return output.length;
}

void kernel_print(const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    size_t length = kernel_vformat(text, sizeof(text), format, arguments);
    va_end(arguments);
    hal_console_write(text, length);
}
