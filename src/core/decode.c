// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* From bytes to a record that can be trusted. */
#include "decode.h"

#include <errno.h>
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
	if (rec->op > SW_OP_SEND)
		return -ENOTSUP;
	return 0;
}

static int check_destroy(union sw_event *ev)
{
	(void)ev;
	return 0;
}

/*
 * What is known of a kind.  `size` is both the bytes to copy and the least that
 * a record must have.  A kind that has grown needs the two apart: `min`, its
 * first size, and zeros for what an older writer left out.
 */
static const struct {
	size_t size;
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
	if (hdr.size < size)
		return -EINVAL;
	memcpy(&copy, data, size);
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
