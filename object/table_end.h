/* SPDX-License-Identifier: Apache-2.0 */
/* What capability.c and table_end.c share. */
#pragma once
#include <object/capability.h>

void handle_block_free(struct handle_table *table, struct handle_block *block);
/* Closes handle. Codes of handle_close. *left: references to *object that are the caller's then, for
 * handle_object_left(); *last: it was the object's last live handle. No checkpoint. */
retcode handle_close_slot(struct handle_table *table, u32 handle, struct object **object, bool *last, u32 *left);
/* No lock held: what follows when live capabilities went away. count references are dropped. */
void handle_object_left(struct object *object, bool last, u32 count);
