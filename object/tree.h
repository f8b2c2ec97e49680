/* SPDX-License-Identifier: Apache-2.0 */
/* What capability.c, revoke.c and table_end.c share. */
#pragma once
#include <object/capability.h>

/* ---- capability.c ---- */
void handle_block_free(struct handle_table *table, struct handle_block *block);
/* Capability behind handle, revoked ones too; null if there is none. Valid during this kernel entry. */
struct capability *capability_of(struct handle_table *table, u32 handle);
/* What handle names, without a new reference: valid during this kernel entry. rcInvalidHandle, rcHandleRevoked. */
retcode capability_get(struct handle_table *table, u32 handle, struct capability **result);
/* object->lock held: the slot becomes free; or stays occupied, but is not callable any more. */
void capability_slot_release(struct capability *capability);
void capability_slot_revoke(struct capability *capability);
/* Its memory, and a badge that it still has, an epoch after it has left the tree. */
void capability_reclaim(struct epoch_entry *entry);

/* ---- revoke.c ---- */
/* Closes handle. Codes of handle_close. *left: references to *object that are the caller's then, for
 * handle_object_left(); *last: it was the object's last live handle. No checkpoint. */
retcode handle_close_slot(struct handle_table *table, u32 handle, struct object **object, bool *last, u32 *left);
/* No lock held: what follows when live capabilities went away. count references are dropped. */
void handle_object_left(struct object *object, bool last, u32 count);
