// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Renders a trace as sockwake would, from records to output, for run.sh to
 * compare.  Without an argument it lists its cases.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output.h"
#include "story.h"

#define START 5000000000000ULL /* ns; when the trace began */

/* --- hooks: what became of their hits --- */

#define KPROBE(id, fn, n, ...)                                                     \
	[SW_HOOK_##id] = { .name = fn, .attach = "kprobe", .target = fn, .note = "", \
			   .asked = true, .exact = true,                             \
			   .count = { .hits = n, __VA_ARGS__ } }
#define NOT_TRACED(id, fn, why) \
	[SW_HOOK_##id] = { .name = fn, .attach = "none", .target = "", .note = why, .asked = true }
#define UNASKED(id, fn) \
	[SW_HOOK_##id] = { .name = fn, .attach = "none", .target = "", .note = "not asked for" }

static struct sw_trace_info info_good = {
	.version = "0.1", .host = "web-1", .kernel = "6.12.0", .arch = "x86_64",
	.monotonic_ns = START, .realtime_ns = 1700000000000000000ULL,
	.end_ns = START + 7500000000ULL,
	.n_hooks = SW_HOOK_COUNT,
	.hooks = {
		KPROBE(DEF_READABLE, "sock_def_readable", 1234567, .delivered = 1234560,
		       .filtered = 7),
		KPROBE(DEF_WRITE_SPACE, "sock_def_write_space", 0, .delivered = 0),
		KPROBE(DEF_WAKEUP, "sock_def_wakeup", 5, .delivered = 5),
		KPROBE(DEF_ERROR_REPORT, "sock_def_error_report", 1, .delivered = 1),
		KPROBE(DEF_DESTRUCT, "sock_def_destruct", 0, .delivered = 0),
		KPROBE(DESTRUCT, "sk_destruct", 2, .delivered = 2),
		KPROBE(WAKE_ASYNC, "sock_wake_async", 2, .delivered = 2),
		[SW_HOOK_ACCEPT] = {
			.name = "inet_csk_wait_for_connect", .attach = "fentry",
			.target = "inet_csk_accept", .asked = true,
			.note = "inlined in this kernel: the wait is that of inet_csk_accept, "
				"which includes taking the socket's lock",
			.count = { .hits = 4, .delivered = 4 },
		},
		KPROBE(STREAM_WRITE_SPACE, "sk_stream_write_space", 1, .delivered = 1),
		KPROBE(UNIX_WRITE_SPACE, "unix_write_space", 1, .delivered = 1),
		UNASKED(WFREE, "sock_wfree"),
		KPROBE(SEND_SIGURG, "sk_send_sigurg", 1, .delivered = 1),
		NOT_TRACED(PEER_WAKE_RELAY, "unix_dgram_peer_wake_relay",
			   "the kernel has no such function"),
	},
};

static struct sw_trace_info info_lossy = {
	.version = "0.1", .host = "h\"\xff", .kernel = "5.10.0", .arch = "aarch64",
	.n_hooks = 2,
	.hooks = {
		KPROBE(DEF_READABLE, "sock_def_readable", 3000, .delivered = 1765, .filtered = 1,
		       .lost = { [SW_LOST_RING] = 1230, [SW_LOST_RECURSION] = 4 }),
		KPROBE(DEF_WRITE_SPACE, "sock_def_write_space", 2, .delivered = 1,
		       .lost = { [SW_LOST_MISSED] = 1 }),
	},
};

static struct sw_trace_info info_filtered = {
	.version = "0.1", .host = "h", .kernel = "6.1.0", .arch = "x86_64",
	.end_ns = START + 10000000000ULL,
	.n_hooks = 1,
	.hooks = { KPROBE(DEF_READABLE, "sock_def_readable", 4200, .filtered = 4200) },
};

static struct sw_trace_info info_quiet = {
	.version = "0.1", .host = "h", .kernel = "6.1.0", .arch = "x86_64",
	.end_ns = START + 10000000000ULL,
	.n_hooks = 1,
	.hooks = { KPROBE(DEF_READABLE, "sock_def_readable", 0, .filtered = 0) },
};

static struct sw_trace_info info_detached = {
	.version = "0.1", .host = "h", .kernel = "6.1.0", .arch = "x86_64",
	.n_hooks = 1,
	.hooks = { NOT_TRACED(DEF_READABLE, "sock_def_readable", "permission denied") },
};

/* --- the cases: what is rendered, and how --- */

#define TEXT(w, ...) { .width = w, .start_ns = START, __VA_ARGS__ }
#define STORE (1 << 20)

static const struct golden {
	const char *name;
	const char *format;
	const struct story *story;
	struct sw_trace_info *info;
	struct sw_render_opts opts;
	size_t store; /* bytes of the timeline; 0: none */
} cases[] = {
	{ "ndjson", "ndjson", &story_tour, &info_good, TEXT(100), 0 },
	{ "ndjson-lossy", "ndjson", &story_empty, &info_lossy, TEXT(100), 0 },
	{ "live-100", "text", &story_tour, &info_good, TEXT(100, .live = true), 0 },
	{ "live-120", "text", &story_tour, &info_good, TEXT(120, .live = true, .hooks = true), 0 },
	{ "live-160", "text", &story_tour, &info_good, TEXT(160, .live = true), 0 },
	{ "live-unwrapped", "text", &story_tour, &info_good, TEXT(0, .live = true), 0 },
	{ "timelines", "text", &story_tour, &info_good, TEXT(100, .timelines = true), STORE },
	{ "timelines-60", "text", &story_tour, &info_lossy, TEXT(60, .timelines = true), STORE },
	{ "colour", "text", &story_tour, &info_lossy,
	  TEXT(100, .live = true, .timelines = true, .colour = true), STORE },
	{ "csv", "csv", &story_tour, &info_good, TEXT(100), 0 },
	{ "csv-causes", "csv", &story_causes, &info_good, TEXT(100), 0 },
	{ "ndjson-causes", "ndjson", &story_causes, &info_good, TEXT(100), 0 },
	{ "html", "html", &story_tour, &info_lossy, TEXT(100), 0 },
	{ "html-causes", "html", &story_causes, &info_good, TEXT(100), 0 },
	{ "findings", "text", &story_findings, &info_good, TEXT(100, .worst = true), 0 },
	{ "findings-80", "text", &story_findings, &info_lossy, TEXT(80, .worst = true), 0 },
	{ "findings-all", "text", &story_findings, &info_good,
	  TEXT(100, .only_summary = true, .all = true, .hooks = true), 0 },
	{ "moments", "text", &story_causes, &info_good, TEXT(120, .worst = true), 0 },
	{ "moments-unwrapped", "text", &story_causes, &info_good,
	  TEXT(0, .live = true, .worst = true), 0 },
	{ "colour-moments", "text", &story_causes, &info_lossy,
	  TEXT(120, .live = true, .worst = true, .colour = true), 0 },
	{ "not-judged", "text", &story_tour, &info_good, TEXT(120, .worst = true), 0 },
	{ "sampled", "text", &story_busy, &info_good,
	  TEXT(120, .live = true, .lines_per_s = 5), 0 },
	{ "ndjson-findings", "ndjson", &story_findings, &info_good, TEXT(100), 0 },
	{ "html-findings", "html", &story_findings, &info_good, TEXT(100), 0 },
	{ "perfetto-findings", "perfetto", &story_findings, &info_good, TEXT(0), 0 },
	{ "causes", "text", &story_causes, &info_good,
	  TEXT(100, .live = true, .timelines = true, .all = true), STORE },
	{ "causes-120", "text", &story_causes, &info_good, TEXT(120, .live = true), 0 },
	{ "causes-160", "text", &story_causes, &info_good, TEXT(160, .live = true), 0 },
	{ "colour-causes", "text", &story_causes, &info_lossy,
	  TEXT(80, .live = true, .timelines = true, .all = true, .hooks = true, .colour = true),
	  STORE },
	{ "perfetto", "perfetto", &story_tour, &info_good, TEXT(0), 0 },
	{ "perfetto-causes", "perfetto", &story_causes, &info_good, TEXT(0), 0 },
	{ "perfetto-lossy", "perfetto", &story_empty, &info_lossy, TEXT(0), 0 },
	{ "not-kept", "text", &story_busy, &info_good, TEXT(100, .timelines = true), 1 },
	{ "empty", "text", &story_empty, &info_quiet, TEXT(100, .timelines = true), STORE },
	{ "empty-filtered", "text", &story_empty, &info_filtered, TEXT(100), 0 },
	{ "empty-lossy", "text", &story_empty, &info_lossy, TEXT(100), 0 },
	{ "empty-detached", "text", &story_empty, &info_detached, TEXT(100), 0 },
};

/* --- from records to text --- */

struct output {
	const struct sw_renderer *renderer;
	struct sw_render_opts opts;
	struct sw_buf buf;
};

static int show(void *arg, struct sw_socket *sk, const struct sw_told *told)
{
	struct output *out = arg;

	out->renderer->event(&out->buf, &out->opts, sk, told);
	return 0;
}

static void forget(void *arg, struct sw_socket *sk)
{
	struct output *out = arg;

	if (out->renderer->forget)
		out->renderer->forget(&out->buf, &out->opts, sk);
}

static int feed_all(struct sw_analysis *analysis, const struct story *story)
{
	union sw_event ev;
	int err = 0;

	for (unsigned int i = 0; i < story->n && !err; i++)
		err = sw_analysis__feed(analysis, &ev,
					story_record(&ev, &story->steps[i], START));
	return err;
}

static int show_end(struct output *out, struct sw_analysis *analysis,
		    const struct sw_trace_info *info)
{
	struct sw_sockets *sockets = sw_trace__sockets(sw_analysis__trace(analysis));
	const struct sw_timeline *timeline = sw_analysis__timeline(analysis);
	struct sw_outcome outcome;
	struct sw_socket *sk = NULL;
	int err = sw_analysis__end(analysis, info->end_ns, &outcome);

	if (out->renderer->summary)
		out->renderer->summary(&out->buf, &out->opts, info, &outcome);
	while (timeline && (sk = sw_sockets__next(sockets, sk)))
		out->renderer->timeline(&out->buf, &out->opts, timeline, sk);
	if (out->renderer->closing)
		out->renderer->closing(&out->buf, &out->opts, info, &outcome);
	return err;
}

static int render(const struct golden *c)
{
	static const struct sw_thresholds defaults;
	struct output out = { .renderer = sw_renderer__find(c->format), .opts = c->opts };
	const struct sw_analysis_opts opts = {
		.judge = c->story == &story_causes || c->story == &story_findings ? &defaults :
										    NULL,
		.moments = c->opts.worst,
		.timeline_bytes = c->store,
	};
	const struct sw_analysis_sink sink = { .event = show, .forget = forget, .arg = &out };
	struct sw_analysis *analysis = sw_analysis__new(c->info, &opts, &sink);
	int err = -ENOMEM;

	if (!analysis)
		return err;
	if (out.renderer->open) {
		out.opts.state = out.renderer->open();
		if (!out.opts.state)
			goto out;
	}
	out.renderer->begin(&out.buf, &out.opts, c->info);
	err = feed_all(analysis, c->story);
	if (!err)
		err = show_end(&out, analysis, c->info);
	if (!err)
		err = write_out(out.renderer, &out.buf);
out:
	sw_analysis__free(analysis);
	if (out.renderer->close)
		out.renderer->close(out.opts.state);
	sw_buf__free(&out.buf);
	return err;
}

int main(int argc, char **argv)
{
	int err;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		if (argc < 2) {
			puts(cases[i].name);
		} else if (!strcmp(argv[1], cases[i].name)) {
			err = render(&cases[i]);
			if (err)
				fprintf(stderr, "driver: %s\n", strerror(-err));
			return err ? 2 : 0;
		}
	}
	if (argc < 2)
		return 0;
	fprintf(stderr, "driver: no such case: %s\n", argv[1]);
	return 2;
}
