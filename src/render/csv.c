/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* --format=csv: RFC 4180, a row an event, for spreadsheets and data frames. */
#include <string.h>

#include "base/escape.h"
#include "render/members.h"
#include "render/render.h"
#include "render/words.h"

/* Names and meanings are those of NDJSON (members.h), but delay_ns is also how long a wait
 * lasted, and when a task was woken after its wake-up; a cell that does not apply is empty.
 * Before the socket's own columns, and after them. */
#define HEAD(C)                                                                          \
	C(type) C(ts) C(end) C(cpu) C(callback) C(cause) C(op) C(result) C(socket)
#define SOCKET(C) C(family) C(proto) C(local) C(remote) C(inode) C(netns)
#define TAIL(C)                                                                          \
	C(pid) C(tid) C(comm) C(context) C(role) C(via) C(waiters) C(rx_queued)          \
	C(tx_queued) C(ended_by) C(wakeup_ts) C(woken_ts) C(run_ts) C(delay_ns)          \
	C(off_cpu_ns) C(others) C(state) C(backlog) C(backlog_max)       \
	C(origin_pid) C(origin_tid) C(origin_comm)

enum column {
#define C(name) COL_##name,
	HEAD(C) TAIL(C)
#undef C
	COL_COUNT,
	COL_NONE = COL_COUNT /* of what has no column */
};
#define FIRST_OF_TAIL COL_pid

struct cell {
	enum { EMPTY, UNSIGNED, SIGNED, OURS, THEIRS } kind;
	union {
		uint64_t u;
		int64_t s;
		const char *text; /* OURS: needs no quotes; THEIRS: a stranger's */
	};
};

struct row {
	struct cell cells[COL_COUNT + 1];
};

#define SET_U64(row, name, v) ((row)->cells[COL_##name] = (struct cell){UNSIGNED, {.u = (v)}})
#define SET_S64(row, name, v) ((row)->cells[COL_##name] = (struct cell){SIGNED, {.s = (v)}})
#define SET_WORD(row, name, v) ((row)->cells[COL_##name] = (struct cell){OURS, {.text = (v)}})
#define SET_NAME(row, name, v) ((row)->cells[COL_##name] = (struct cell){THEIRS, {.text = (v)}})

/* What begins so, a spreadsheet takes for something to be worked out, and it has functions
 * that start programs and fetch pages: the wide forms too. */
static bool is_formula(const char *text, size_t len)
{
	static const char *const begins[] = {"=",	     "+",	      "-",	      "@",
					     "\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d",
					     "\xef\xbc\xa0"};

	for (unsigned int i = 0; i < sizeof(begins) / sizeof(*begins); i++)
		if (len >= strlen(begins[i]) && !memcmp(text, begins[i], strlen(begins[i])))
			return true;
	return false;
}

/* In quotes, which are doubled within; what a terminal would obey is made visible. */
static void put_quoted(struct sw_buf *out, const char *text, size_t len)
{
	size_t from, quotes = 0, at;

	sw_buf__putc(out, '"');
	if (is_formula(text, len)) /* what is behind it is text */
		sw_buf__putc(out, '\'');
	from = out->len;
	sw_escape_text(out, text, len);
	for (at = from; at < out->len; at++)
		quotes += out->data[at] == '"';
	if (quotes && !sw_buf__reserve(out, quotes)) {
		char *to = out->data + out->len + quotes;

		for (at = out->len; at-- > from;) {
			*--to = out->data[at];
			if (out->data[at] == '"')
				*--to = '"';
		}
		out->len += quotes;
	}
	sw_buf__putc(out, '"');
}

static void put_cell(struct sw_buf *out, const struct cell *c)
{
	switch (c->kind) {
	case UNSIGNED:
		sw_buf__u64(out, c->u);
		break;
	case SIGNED:
		sw_buf__s64(out, c->s);
		break;
	case OURS:
		sw_buf__puts(out, c->text);
		break;
	case THEIRS:
		put_quoted(out, c->text, strlen(c->text));
		break;
	default:
		break;
	}
}

typedef void (*describe)(const struct sw_socket *sk, struct sw_buf *b);

/* The columns of a socket are put together once for each of its names. */
static void put_socket(struct sw_buf *out, struct sw_socket *sk)
{
	static const describe names[] = {sw_socket__family, sw_socket__proto, sw_socket__local,
					 sw_socket__remote};
	struct sw_buf name = {0};

	if (!sk->shown_valid) {
		sw_buf__reset(&sk->shown);
		for (unsigned int i = 0; i < sizeof(names) / sizeof(*names); i++) {
			sw_buf__reset(&name);
			names[i](sk, &name);
			sw_buf__putc(&sk->shown, ',');
			if (name.len)
				put_quoted(&sk->shown, name.data, name.len);
		}
		sw_buf__putc(&sk->shown, ',');
		if (sk->inode)
			sw_buf__u64(&sk->shown, sk->inode);
		sw_buf__putc(&sk->shown, ',');
		if (sk->netns)
			sw_buf__u64(&sk->shown, sk->netns);
		if (name.failed || sk->shown.failed)
			out->failed = true;
		sw_buf__free(&name);
		sk->shown_valid = true;
	}
	sw_buf__put(out, sk->shown.data, sk->shown.len);
}

static void put_row(struct sw_buf *out, struct sw_socket *sk, const struct row *r)
{
	for (unsigned int i = 0; i < COL_COUNT; i++) {
		if (i == FIRST_OF_TAIL)
			put_socket(out, sk);
		if (i)
			sw_buf__putc(out, ',');
		put_cell(out, &r->cells[i]);
	}
	sw_buf__puts(out, "\r\n");
}

static struct row row_of(const struct sw_socket *sk, const struct sw_rec *hdr, const char *type)
{
	struct row r = {0};

	SET_WORD(&r, type, type);
	SET_U64(&r, ts, hdr->ts);
	SET_U64(&r, cpu, hdr->cpu);
	SET_U64(&r, socket, sk->id);
	return r;
}

#define SET_TASK(row, rec)                        \
	do {                                      \
		SET_U64(row, pid, (rec)->pid);    \
		SET_U64(row, tid, (rec)->tid);    \
		SET_NAME(row, comm, (rec)->comm); \
	} while (0)

static void put_wakeup(struct sw_buf *out, struct sw_socket *sk, const struct sw_rec_wakeup *rec)
{
	struct row r = row_of(sk, &rec->hdr, "wakeup");
	const char *state = sw_socket__state_name(sk, rec->state);
	const char *role = sw_wakeup__role(rec);

	SET_WORD(&r, callback, sw_hook_name(rec->hdr.hook));
	SET_WORD(&r, cause, sw_cause_name(sw_hook_cause(rec->hdr.hook)));
	SET_TASK(&r, rec);
	SET_WORD(&r, context, sw_context_name(rec->context));
	if (role)
		SET_WORD(&r, role, role);
	if (sw_wakeup__has_origin(rec)) {
		SET_U64(&r, origin_pid, rec->origin_pid);
		SET_U64(&r, origin_tid, rec->origin_tid);
		SET_NAME(&r, origin_comm, rec->origin_comm);
	}
	SET_U64(&r, waiters, rec->waiters);
	if (state)
		SET_WORD(&r, state, state);
	if (sw_socket__is_listener(sk, rec->state)) {
		SET_U64(&r, backlog, rec->rx_queued);
		SET_U64(&r, backlog_max, rec->tx_queued);
	} else {
		SET_U64(&r, rx_queued, rec->rx_queued);
		SET_U64(&r, tx_queued, rec->tx_queued);
	}
	put_row(out, sk, &r);
}

#define CELL_NUMBER(column, value) SET_U64(&cells, column, value)
#define CELL_ABSENT(column, value) SET_U64(&cells, column, value)
#define CELL_SIGNED(column, value) SET_S64(&cells, column, value)
#define CELL_HOOK(column, value)   SET_WORD(&cells, column, sw_hook_name(value))
#define CELL_OP(column, value)	   SET_WORD(&cells, column, sw_op_name(value))
#define CELL_ENDED(column, value)  SET_WORD(&cells, column, sw_ended_name(value))
#define CELL_VIA(column, value)	   SET_WORD(&cells, column, sw_via_name(value))
#define CELL_TASK(column, value)   SET_TASK(&cells, value)
/* In each row, or in none. */
#define CELL_SOCKET(column, value)
#define CELL_NAMED(column, value)
#define CELL_STACKS(column, value)
#define CELL_BOOL(column, value)
#define CELL_TRUE(column, value)
#define CELL_FALSE(column, value)
#define MEMBER(form, key, column, value, when, meaning) \
	if (when) {                                     \
		CELL_##form(column, value);             \
	}
#define ROW(name, members)                                             \
	static void put_##name(struct sw_buf *out, struct sw_socket *sk, \
			       const struct sw_rec_##name *r)          \
	{                                                              \
		struct row cells = row_of(sk, &r->hdr, #name);         \
                                                                       \
		members(MEMBER)                                        \
		put_row(out, sk, &cells);                              \
	}
ROW(woken, SW_WOKEN_MEMBERS)
ROW(run, SW_RUN_MEMBERS)
ROW(io, SW_IO_MEMBERS)
ROW(wait, SW_WAIT_MEMBERS)
ROW(destroy, SW_DESTROY_MEMBERS)

static void csv__begin(struct sw_buf *out, const struct sw_render_opts *o,
		       const struct sw_trace_info *info)
{
	(void)o, (void)info;
#define C(name) "," #name
	sw_buf__puts(out, (HEAD(C) SOCKET(C) TAIL(C)) + 1);
#undef C
	sw_buf__puts(out, "\r\n");
}

static void csv__event(struct sw_buf *out, const struct sw_render_opts *o, struct sw_socket *sk,
		       const struct sw_told *told)
{
	const union sw_event *ev = told->ev;

	(void)o;
	switch (ev->hdr.kind) {
#define KIND(id, name, fields, what, ...)           \
	SW_IF_##what(case SW_REC_##id:              \
		     put_##name(out, sk, &ev->name##_rec); \
		     break;)
		SW_KINDS(KIND)
#undef KIND
	default:
		break;
	}
	for (unsigned int i = 0; i < told->n_woken; i++)
		put_woken(out, sk, &told->woken[i]);
}

const struct sw_renderer sw_render_csv = {
	.name = "csv",
	.begin = csv__begin,
	.event = csv__event,
};
