// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* From bytes to a record that can be trusted. */
#include "decode.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

static int check_socket(union sw_event *ev)
{
	(void)ev; /* every value of every field is one that a socket may have */
	return 0;
}

static int check_unix(union sw_event *ev)
{
	const struct sw_rec_unix *rec = &ev->unix_rec;

	if (rec->llen > SW_UNIX_PATH || rec->rlen > SW_UNIX_PATH)
		return -EINVAL;
	return 0;
}

static int check_wakeup(union sw_event *ev)
{
	struct sw_rec_wakeup *rec = &ev->wakeup_rec;

	rec->comm[SW_COMM_LEN - 1] = '\0';
	rec->origin_comm[SW_COMM_LEN - 1] = '\0';
	if (rec->context > SW_CTX_UNKNOWN || rec->how > SW_HOW_URG)
		return -ENOTSUP;
	return 0;
}

static int check_wait(union sw_event *ev)
{
	struct sw_rec_wait *rec = &ev->wait_rec;

	rec->comm[SW_COMM_LEN - 1] = '\0';
	/* Else its duration, unsigned, would be centuries. */
	if (rec->begin > rec->end || rec->end > rec->hdr.ts)
		return -EINVAL;
	if (rec->asleep > rec->end - rec->begin)
		return -EINVAL;
	if (rec->op > SW_OP_POLL || rec->ended > SW_ENDED_OPEN)
		return -ENOTSUP;
	return 0;
}

static int check_woken(union sw_event *ev)
{
	struct sw_rec_woken *rec = &ev->woken_rec;

	rec->comm[SW_COMM_LEN - 1] = '\0';
	if (rec->wakeup_ts > rec->woken_ts)
		return -EINVAL;
	if (rec->via > SW_VIA_ASYNC)
		return -ENOTSUP;
	return 0;
}

static int check_run(union sw_event *ev)
{
	struct sw_rec_run *rec = &ev->run_rec;

	rec->comm[SW_COMM_LEN - 1] = '\0';
	if (rec->wakeup_ts > rec->woken_ts || rec->woken_ts > rec->hdr.ts)
		return -EINVAL;
	return 0;
}

static int check_io(union sw_event *ev)
{
	struct sw_rec_io *rec = &ev->io_rec;

	rec->comm[SW_COMM_LEN - 1] = '\0';
	if (rec->begin > rec->hdr.ts || rec->wakeup_ts > rec->hdr.ts ||
	    rec->run_ts > rec->hdr.ts)
		return -EINVAL;
	if (rec->op > SW_OP_POLL)
		return -ENOTSUP;
	return 0;
}

static int check_destroy(union sw_event *ev)
{
	(void)ev;
	return 0;
}

/*
 * The bytes of each kind in the first format: the least that a record must have.
 * What a later writer appended reads as zeros in an older record.
 */
static const uint16_t first_size[SW_REC_COUNT] = {
	[SW_REC_SOCKET] = 96, [SW_REC_UNIX] = 248, [SW_REC_WAKEUP] = 72,
	[SW_REC_WAIT] = 88,   [SW_REC_DESTROY] = 24, [SW_REC_WOKEN] = 72,
	[SW_REC_RUN] = 64,    [SW_REC_IO] = 96,
};

static const struct {
	size_t size; /* as this version knows it */
	int (*check)(union sw_event *ev);
} kinds[SW_REC_COUNT] = {
#define KIND(id, name, fields) [SW_REC_##id] = { sizeof(struct sw_rec_##name), check_##name },
	SW_KINDS(KIND)
#undef KIND
};

int sw_event__decode(const void *data, size_t len, union sw_event *ev)
{
	union sw_event copy;
	struct sw_rec hdr;
	size_t size;
	int err;

	if (len < sizeof(hdr))
		return -EINVAL;
	memcpy(&hdr, data, sizeof(hdr)); /* data may be at any address */
	if (hdr.size < sizeof(hdr) || hdr.size > len || hdr.kind == SW_REC_NONE)
		return -EINVAL;
	if (hdr.kind >= SW_REC_COUNT) {
		ev->hdr = hdr;
		return -ENOTSUP;
	}

	size = kinds[hdr.kind].size;
	if (hdr.size < first_size[hdr.kind])
		return -EINVAL;
	memset(&copy, 0, size);
	memcpy(&copy, data, hdr.size < size ? hdr.size : size);
	err = kinds[hdr.kind].check(&copy);
	if (err == -EINVAL)
		return err;
	if (hdr.hook >= SW_HOOK_COUNT)
		err = -ENOTSUP;
	memcpy(ev, &copy, size);
	return err;
}

size_t sw_rec_size(unsigned int kind)
{
	return kind < SW_REC_COUNT ? kinds[kind].size : 0;
}
