/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* sockwake doctor: what this kernel lets us trace, by which means, what is lost. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/log.h"
#include "cmd/cmd.h"
#include "cmd/output.h"
#include "live/caps.h"
#include "live/live.h"

struct settings {
	unsigned int format; /* of its words: 1 is json */
	const char *btf;
};

static const char *format_name(unsigned int i)
{
	static const char *const names[] = {"text", "json"};

	return i < 2 ? names[i] : NULL;
}

static const struct sw_option options[] = {
	SW_WORD("format", "FORMAT", offsetof(struct settings, format), format_name, "unknown format", ""),
	SW_TEXT("btf", 0, "FILE", offsetof(struct settings, btf),
		"types of a kernel that has no BTF of its own"),
	{0},
};

static void write_json(struct sw_buf *b, const struct sw_kernel *k, const struct sw_plan *p,
		       bool ok)
{
	struct sw_json j = {.out = b};
	int hook, rung;

	sw_json__open(&j, NULL, '{');
	sw_json__str(&j, "version", SW_VERSION);
	sw_json__str(&j, "kernel", k->release);
	sw_json__str(&j, "arch", k->arch);
	sw_json__str(&j, "preemption", k->preempt_name);
	sw_json__bool(&j, "btf", k->btf_in_kernel);
	sw_json__bool(&j, "kprobes", k->kprobe_type >= 0);
	sw_json__bool(&j, "trampolines", k->trampolines);
	sw_json__bool(&j, "traceable", ok);
	sw_json__open(&j, "hooks", '[');
	for (hook = 0; hook < SW_HOOK_COUNT; hook++) {
		const struct sw_hook_plan *h = &p->hooks[hook];

		sw_json__open(&j, NULL, '{');
		sw_json__str(&j, "name", k->syms[hook].name);
		sw_json__open(&j, "rungs", '{');
		for (rung = 0; rung < SW_RUNG_COUNT; rung++)
			sw_json__str(&j, sw_rung_name(rung),
				     h->available[rung] ? "available" : h->why_not[rung]);
		sw_json__close(&j, '}');
		sw_json__str(&j, "attach", sw_rung_name(h->rung));
		sw_json__str(&j, "target", h->target);
		sw_json__bool(&j, "on", h->wanted && h->rung != SW_RUNG_NONE);
		sw_json__bool(&j, "exact", h->exact);
		sw_json__str(&j, "lost", h->lost);
		sw_json__str(&j, "advice", h->advice);
		sw_json__close(&j, '}');
	}
	sw_json__close(&j, ']');
	sw_json__close(&j, '}');
	sw_buf__putc(b, '\n');
}

static const char *yes_no(bool yes)
{
	return yes ? "yes" : "no";
}

static void write_row(struct sw_buf *b, const struct sw_kernel *k, const struct sw_hook_plan *h,
		      int hook)
{
	const char *name = k->syms[hook].name;
	bool on = h->wanted && h->rung != SW_RUNG_NONE;

	sw_buf__printf(b, "%-27s%-8s%-8s%-12s%s\n", name, yes_no(h->available[SW_RUNG_KPROBE]),
		       yes_no(h->available[SW_RUNG_FENTRY]),
		       yes_no(h->available[SW_RUNG_TRACEPOINT]),
		       on ? sw_rung_name(h->rung) :
		       h->rung == SW_RUNG_NONE ? "none" : "off");
	if (on && h->target[0] && strcmp(h->target, name))
		sw_buf__printf(b, "    by way of %s\n", h->target);
	if (h->lost[0])
		sw_buf__printf(b, "    %s%s%s\n", h->lost, h->advice[0] ? "; " : "", h->advice);
}

static void write_text(struct sw_buf *b, const struct sw_kernel *k, const struct sw_plan *p,
		       bool ok)
{
	int hook;

	sw_buf__printf(b, "kernel       %s (%s), preemption %s\n", k->release, k->arch,
		       k->preempt_name);
	sw_buf__printf(b, "BTF          %s%s\n", yes_no(k->btf_in_kernel),
		       k->btf_path ? ", and a file was named" : "");
	sw_buf__printf(b, "kprobes      %s\n",
		       k->kprobe_type >= 0 ? "yes" :
		       k->kprobes_refused  ? "no: refused, see kernel.perf_event_paranoid" :
					     "no: built without CONFIG_KPROBES");
	sw_buf__printf(b, "fentry       %s%s%s\n", yes_no(k->trampolines),
		       k->trampolines ? "" : ": ", k->trampolines ? "" : k->no_trampolines);
	sw_buf__printf(b, "\n%-27s%-8s%-8s%-12s%s\n", "hook", "kprobe", "fentry", "tracepoint",
		       "chosen");
	for (hook = 0; hook < SW_HOOK_COUNT; hook++)
		write_row(b, k, &p->hooks[hook], hook);
	if (ok)
		sw_buf__printf(b, "\n%u of %d hooks can be traced: run 'sockwake' to begin\n",
			       p->chosen, SW_HOOK_COUNT);
	else
		sw_buf__puts(b, "\nnothing can be traced on this kernel\n");
}

static int run(const struct sw_command *self, int argc, char **argv)
{
	struct settings s = {0};
	static const struct sw_filter_set none;
	struct sw_live_opts lopts = {
		.filters = &none,
		.hooks = (1u << SW_HOOK_COUNT) - 1,
		.force = SW_RUNG_NONE,
	};
	struct sw_output out;
	struct sw_buf b = {0};
	struct sw_kernel k;
	struct sw_live *live = NULL;
	struct sw_plan plan;
	int first, err, unwritten;

	first = sw_options__parse(self->options, &s, argc, argv, NULL);
	if (first == -ECANCELED) {
		sw_command__help(self);
		return SW_EXIT_OK;
	}
	if (first >= 0 && first < argc)
		sw_error("doctor takes no arguments");
	if (first < argc)
		return SW_EXIT_USAGE;
	if (sw_caps__check())
		return SW_EXIT_FAIL;
	memset(&k, 0, sizeof(k));
	err = sw_kernel__look(&k, s.btf);
	if (err) {
		sw_kernel__free(&k);
		return SW_EXIT_FAIL;
	}
	/* Not what should work, but what does: everything is attached for a moment. */
	err = sw_live__open(&k, &lopts, &live);
	if (err)
		sw_plan__make(&plan, &k, lopts.hooks, 0, SW_RUNG_NONE);
	else
		plan = *sw_live__plan(live);
	sw_live__free(live);
	if (s.format)
		write_json(&b, &k, &plan, !err);
	else
		write_text(&b, &k, &plan, !err);
	sw_output__open(&out, NULL);
	/* Not to be taken for an answer. */
	unwritten = sw_output__write(&out, &b);
	sw_output__close(&out);
	sw_buf__free(&b);
	sw_kernel__free(&k);
	return unwritten ? SW_EXIT_USAGE : err ? SW_EXIT_FAIL : SW_EXIT_OK;
}

const struct sw_command sw_cmd_doctor = {
	.name = "doctor",
	.summary = "what this kernel lets us trace, by which means, and what is lost",
	.synopsis = "[OPTIONS]",
	.about = "Attaches every hook for a moment and tells, a row a hook, which means this kernel\n"
		 "has, which one would be taken, what is lost by it, and what to do.  Fails (1) when\n"
		 "nothing can be traced, and says why.",
	.options = options,
	.run = run,
};
