/* SPDX-License-Identifier: Apache-2.0 */
/* ISO C's string functions under the library's own names. */
#pragma once
#include <string.h>

#define rtl_memcpy  memcpy
#define rtl_memmove memmove
#define rtl_memset  memset
#define rtl_memcmp  memcmp
#define rtl_memchr  memchr
#define rtl_strlen  strlen
#define rtl_strnlen strnlen
#define rtl_strcmp  strcmp
#define rtl_strncmp strncmp
#define rtl_strcpy  strcpy
#define rtl_strncpy strncpy
#define rtl_strcat  strcat
#define rtl_strncat strncat
#define rtl_strchr  strchr
#define rtl_strrchr strrchr
#define rtl_strstr  strstr
