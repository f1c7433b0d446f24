/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "cmd/replay.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/escape.h"
#include "base/log.h"
#include "core/select.h"
#include "trace/inputs.h"

int sw_replay__socket(void *arg, const char *value)
{
	if (!*value)
		return sw_options__bad("no socket:", value, "say its number, inode or an address");
	((struct sw_replay *)arg)->socket = value;
	return 0;
}

int sw_replay__parse(const struct sw_command *self, struct sw_replay *r, int argc, char **argv,
		     int *n)
{
	int err;

	err = sw_options__parse_mixed(self->options, r, argc, argv, n);
	if (err == -ECANCELED) {
		sw_command__help(self);
		return SW_EXIT_OK;
	}
	if (!err && r->to_ns && r->from_ns >= r->to_ns) {
		sw_error("--to is not later than --from: nothing is between them");
		err = -EINVAL;
	}
	return err ? SW_EXIT_USAGE : SW_GO_ON;
}

static int add_stack(void *arg, uint32_t pid, uint32_t number, const char *names, size_t len)
{
	return sw_stacks__add(arg, pid, number, names, len);
}

static void complain(const char *name, const char *what)
{
	struct sw_buf b = {0};

	sw_escape_text(&b, name, strlen(name));
	sw_buf__puts(&b, ": ");
	/* It may name another file. */
	sw_escape_text(&b, what, strlen(what));
	sw_error("%.*s", (int)b.len, b.data ? b.data : "");
	sw_buf__free(&b);
}

static int add_file(struct sw_inputs *in, const char *name)
{
	const bool piped = !strcmp(name, "-");
	char why[SW_READER_WHY] = "";
	int fd, err;

	fd = piped ? dup(STDIN_FILENO) : open(name, O_RDONLY | O_CLOEXEC);
	err = fd < 0 ? -errno : sw_inputs__add(in, fd, piped ? "standard input" : name, why);
	if (err)
		complain(piped ? "standard input" : name, why[0] ? why : strerror(-err));
	return err == -EEXIST ? 0 : err;
}

/* Returns 0, or -EINVAL when a file did not come to its end. */
static int tell_ends(const struct sw_inputs *in)
{
	enum sw_reader_state state;
	const char *why, *name;
	int err = 0;

	for (unsigned int i = 0; sw_inputs__state(in, i, &state, &why, &name); i++) {
		if (state == SW_READER_COMPLETE)
			continue;
		complain(name, why);
		err = -EINVAL;
	}
	if (err)
		sw_error("showing the records before that point");
	return err;
}

/* A file may say that it began at any time. */
static uint64_t later(uint64_t ts, uint64_t ns)
{
	return ns && __builtin_add_overflow(ts, ns, &ts) ? UINT64_MAX : ns ? ts : 0;
}

static struct sw_select selection(const struct sw_replay *s, const struct sw_trace_info *info)
{
	return (struct sw_select){
		.set = &s->filters,
		.from = later(info->monotonic_ns, s->from_ns),
		.to = later(info->monotonic_ns, s->to_ns),
		.socket = s->socket,
	};
}

static bool is_output(const void *out, int fd)
{
	return sw_output__is(out, fd);
}

/* What was recorded would be gone, or grow while it is read. */
static int check_output(const struct sw_output *out, const struct sw_inputs *in)
{
	const char *name = sw_inputs__find(in, is_output, out);

	if (!name)
		return 0;
	complain(name, "it is read, so it cannot be the output, too: choose another with -o");
	return -EINVAL;
}

/* That there is nothing to be seen should not be taken for nothing having happened. */
static void tell_nothing(struct sw_show *shown)
{
	struct sw_trace_totals totals;
	uint64_t n = 0;

	sw_trace__totals(sw_show__trace(shown), &totals);
	for (unsigned int i = 0; i < SW_REC_COUNT; i++)
		n += i == SW_REC_SOCKET || i == SW_REC_UNIX ? 0 : totals.by_kind[i];
	if (!n)
		sw_note("no event matches the filters");
}

static int show(const struct sw_replay *s, struct sw_inputs *in, struct sw_stacks *stacks,
		struct sw_output *out)
{
	const struct sw_trace_info *info = sw_inputs__info(in);
	/* Who asks for an order, or for a socket, wants to see all that happened to it. */
	const bool full = s->show.all || s->timelines.asked || s->timelines.top || s->socket;
	const bool sockets = !s->show.live && !s->summary;
	const struct sw_render_opts ropts = {
		.colour = sw_show__wants_colour(&s->show),
		.width = sw_show__columns(&s->show),
		.live = s->show.live,
		.timelines = sockets && full,
		.worst = sockets,
		.all = s->show.all,
		.hooks = s->show.hooks,
		.only_summary = s->summary,
		.stacks = stacks,
		.start_ns = info->monotonic_ns,
	};
	struct sw_select select = selection(s, info);
	struct sw_show *shown;
	const void *rec;
	size_t len;
	int n, err, unread;

	shown = sw_show__new(info, s->show.renderer, &ropts, &s->show.thresholds,
			     sw_inputs__tells(in), out);
	if (!shown)
		return -ENOMEM;
	sw_show__order(shown, &s->timelines);
	sw_show__until(shown, select.to);
	if (!sw_select__all(&select))
		sw_trace__set_filter(sw_show__trace(shown), sw_select__wants, &select);
	err = sw_show__begin(shown);
	while (!err && (n = sw_inputs__next(in, &rec, &len)))
		err = n < 0 ? n : sw_show__record(shown, rec, len);
	sw_inputs__info(in); /* with the counts */
	unread = err ? 0 : tell_ends(in);
	if (!err)
		err = sw_show__end(shown);
	if (!err && !sw_select__all(&select))
		tell_nothing(shown);
	sw_show__free(shown);
	return err ? err : unread;
}

int sw_replay__run(const struct sw_replay *s, int n, char **names)
{
	struct sw_inputs *in = sw_inputs__new();
	struct sw_stacks *stacks = sw_stacks__new(s->stacks_slow_ns);
	struct sw_output out;
	int err = in && stacks ? 0 : -ENOMEM;

	for (int i = 0; !err && i < n; i++)
		err = add_file(in, names[i]);
	if (err)
		goto out;
	sw_inputs__on_stack(in, add_stack, stacks);
	err = sw_output__open(&out, s->show.output);
	if (err)
		goto out;
	out.lines = !s->show.renderer->whole;
	err = check_output(&out, in);
	if (!err)
		err = sw_output__make(&out);
	if (!err)
		err = sw_output__begin(&out);
	if (!err)
		err = show(s, in, stacks, &out);
	if (err && err != -EINVAL && !out.error)
		sw_error("%s", strerror(-err));
	if (sw_output__close(&out) && !err)
		err = -EIO;
out:
	sw_stacks__free(stacks);
	sw_inputs__free(in);
	return err;
}
