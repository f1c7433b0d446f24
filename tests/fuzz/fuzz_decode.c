// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Bytes of any kind as a run of records: decoded one after the other, put in
 * order, and used in every way in which a renderer may use them.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/addr.h"
#include "base/escape.h"
#include "base/human.h"
#include "base/json.h"
#include "base/names.h"
#include "core/decode.h"
#include "core/merge.h"

#define STREAMS 3

/* assert() would vanish with NDEBUG. */
#define must(cond)                                                                 \
	do {                                                                       \
		if (!(cond)) {                                                     \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #cond); \
			abort();                                                   \
		}                                                                  \
	} while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const hooks[] = {
#define HOOK(id, name, cause, dflt) #name,
	SW_HOOKS(HOOK)
#undef HOOK
};

static const char *const contexts[] = { "task", "softirq", "hardirq", "unknown" };
static const char *const hows[] = { "waitd", "space", "io", "urg" };
static const char *const ops[] = { "accept" };

/* A terminal obeys none of it, and a line stays a line. */
static void must_be_printable(const struct sw_buf *b)
{
	for (size_t i = 0; i < b->len; i++)
		must((unsigned char)b->data[i] >= ' ' && b->data[i] != 0x7f);
}

static void use_socket(struct sw_buf *b, struct sw_json *j, const struct sw_rec_socket *rec)
{
	sw_json__str(j, "family", sw_family_name(rec->family));
	sw_json__str(j, "type", sw_type_name(rec->type));
	sw_json__str(j, "proto", sw_inet_proto_name(rec->protocol));
	sw_json__str(j, "netlink", sw_netlink_proto_name(rec->protocol));
	sw_addr__format(b, rec->family, rec->laddr, rec->lport);
	sw_addr__format(b, rec->family, rec->raddr, rec->rport);
}

static void use_unix(struct sw_buf *b, struct sw_json *j, const struct sw_rec_unix *rec)
{
	sw_json__bytes(j, "local", rec->lpath, rec->llen);
	sw_json__bytes(j, "remote", rec->rpath, rec->rlen);
	sw_escape_text(b, rec->lpath, rec->llen);
	sw_escape_text(b, rec->rpath, rec->rlen);
}

static void use_wakeup(struct sw_buf *b, struct sw_json *j, const struct sw_rec_wakeup *rec)
{
	sw_json__str(j, "comm", rec->comm);
	sw_json__str(j, "state", sw_state_name(rec->state));
	sw_json__str(j, "band", sw_band_name(rec->band));
	sw_json__str(j, "context", contexts[rec->context]);
	sw_json__str(j, "how", hows[rec->how]);
	sw_escape_text(b, rec->comm, strlen(rec->comm));
	sw_human_bytes(b, rec->rx_queued);
	sw_human_count(b, rec->tid);
}

static void use_wait(struct sw_buf *b, struct sw_json *j, const struct sw_rec_wait *rec)
{
	must(rec->begin <= rec->end && rec->end <= rec->hdr.ts);
	sw_json__str(j, "comm", rec->comm);
	sw_json__s64(j, "result", rec->result);
	sw_json__str(j, "op", ops[rec->op]);
	if (rec->result < 0 && rec->result > -4096)
		sw_json__str(j, "errno", sw_errno_name((int)-rec->result));
	sw_human_duration(b, rec->end - rec->begin);
}

static void use(struct sw_buf *text, struct sw_buf *line, const union sw_event *ev)
{
	struct sw_json j = { .out = line };

	sw_json__open(&j, NULL, '{');
	sw_json__str(&j, "hook", hooks[ev->hdr.hook]);
	sw_json__u64(&j, "ts", ev->hdr.ts);
	switch (ev->hdr.kind) {
	case SW_REC_SOCKET:
		use_socket(text, &j, &ev->socket_rec);
		break;
	case SW_REC_UNIX:
		use_unix(text, &j, &ev->unix_rec);
		break;
	case SW_REC_WAKEUP:
		use_wakeup(text, &j, &ev->wakeup_rec);
		break;
	case SW_REC_WAIT:
		use_wait(text, &j, &ev->wait_rec);
		break;
	case SW_REC_DESTROY:
		sw_json__u64(&j, "socket", ev->destroy_rec.sock);
		break;
	default:
		must(!"a kind that the decoder let through");
	}
	sw_json__close(&j, '}');
	must(!text->failed && !line->failed);
	must_be_printable(text);
	must_be_printable(line);
	sw_buf__reset(text);
	sw_buf__reset(line);
}

/* Everything that was pushed comes out, in order. */
static void drain(struct sw_merge *m, size_t pushed)
{
	const void *rec;
	uint64_t last = 0;
	size_t len;

	must(sw_merge__pending(m) == pushed);
	for (; (rec = sw_merge__pop(m, UINT64_MAX, &len)); pushed--) {
		const struct sw_rec *hdr = rec;

		must(hdr->ts >= last && hdr->size == len);
		last = hdr->ts;
	}
	must(!pushed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sw_merge *m = sw_merge__new(STREAMS);
	struct sw_buf text = { 0 }, line = { 0 };
	size_t pushed = 0;

	must(m);
	while (size) {
		union sw_event ev;
		int err = sw_event__decode(data, size, &ev);

		must(!err || err == -EINVAL || err == -ENOTSUP);
		if (err == -EINVAL)
			break;
		/* Else a reader that skips it would not get on, or leave the file. */
		must(ev.hdr.size >= sizeof(ev.hdr) && ev.hdr.size <= size);
		if (!err)
			use(&text, &line, &ev);
		must(!sw_merge__push(m, ev.hdr.cpu % STREAMS, data, ev.hdr.size));
		pushed++;
		data += ev.hdr.size;
		size -= ev.hdr.size;
	}
	drain(m, pushed);
	sw_merge__free(m);
	sw_buf__free(&text);
	sw_buf__free(&line);
	return 0;
}
