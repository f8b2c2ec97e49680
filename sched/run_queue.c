/* SPDX-License-Identifier: Apache-2.0 */
#include <sched/run_queue.h>

bool run_queue_earlier(const struct tree_node *a, const struct tree_node *b)
{
    return run_deadline(tree_entry(a, struct thread, edf_node)->account) <
           run_deadline(tree_entry(b, struct thread, edf_node)->account);
}

struct thread *run_queue_first_deadline(const struct run_queue *queue)
{
    return tree_entry(queue->deadlines.first, struct thread, edf_node);
}
