/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * How long output may wait for who reads it, and names for who knows them: as long as
 * it takes, until sockwake is told to end.
 */
#ifndef SW_CMD_PATIENCE_H
#define SW_CMD_PATIENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whoever is asked from here on; NULL: there is no end of it.  since: when what is
 * waited for last came on. */
void sw_patience__ask(bool (*is_out)(void *arg, uint64_t since), void *arg);

bool sw_patience__is_out(uint64_t since);

/* All of it, to the end, also where others made the descriptor non-blocking.  *done, unless
 * NULL: how much of it is written.  Returns 0 or -errno; -ETIME: nobody takes it, and there
 * is no time left. */
int sw_write_all(int fd, const void *data, size_t len, size_t *done);

/* What its error says. */
const char *sw_write_error(int err);

/* The error says that there is no reader (any more), which is his business. */
bool sw_no_reader(int err);

#endif
