/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <hal/base.h>
#include <stdarg.h>

/* Formats as kernel_print does; always terminated; returns the length without the end. */
size_t kernel_vformat(char *text, size_t size, const char *format, va_list arguments);
