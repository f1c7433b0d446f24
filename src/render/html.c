// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * --format=html: one page that needs no network and no server.  Its data are blocks of
 * JSON, its events written as they come; its text and programs are the files in html/.
 */
#include "html.h"

#include <stdlib.h>

#include "base/escape.h"
#include "base/names.h"
#include "words.h"

/* The words that rows name by their numbers. */
static void put_words(struct sw_json *j, const char *key, const char *(*name)(unsigned int),
		      unsigned int n)
{
	sw_json__open(j, key, '[');
	for (unsigned int i = 0; i < n; i++)
		sw_json__str(j, NULL, name(i));
	sw_json__close(j, ']');
}

static const char *cause_of_hook(unsigned int hook)
{
	return sw_cause_name(sw_hook_cause(hook));
}

static const char *kind_name(unsigned int kind)
{
	return sw_rec_name(kind) ?: "task";
}

static const char *state_name(unsigned int state)
{
	return sw_state_name(state);
}

#define STATES 16 /* more than there are */

static void put_legend(struct sw_json *j)
{
	put_words(j, "kinds", kind_name, SW_REC_COUNT);
	put_words(j, "hooks", sw_hook_name, SW_HOOK_COUNT);
	put_words(j, "causes", cause_of_hook, SW_HOOK_COUNT);
	put_words(j, "contexts", sw_context_name, SW_CTX_COUNT);
	put_words(j, "hows", sw_how_name, SW_HOW_COUNT);
	put_words(j, "ops", sw_op_name, SW_OP_COUNT);
	put_words(j, "endings", sw_ended_name, SW_ENDED_COUNT);
	put_words(j, "vias", sw_via_name, SW_VIA_COUNT);
	put_words(j, "states", state_name, STATES);
	sw_json__open(j, "flags", '{');
#define FLAG(key, bit) sw_json__u64(j, key, bit)
	FLAG("more_waiters", SW_F_MORE_WAITERS);
	FLAG("more_queued", SW_F_MORE_QUEUED);
	FLAG("signalled", SW_F_SIGNALLED);
	FLAG("waited", SW_F_WAITED);
	FLAG("confirmed", SW_F_CONFIRMED);
	FLAG("awake", SW_F_AWAKE);
	FLAG("no_begin", SW_F_NO_BEGIN);
	FLAG("unended", SW_F_UNENDED);
	FLAG("no_queue", SW_F_NO_QUEUE);
#undef FLAG
	sw_json__close(j, '}');
	sw_json__open(j, "gaps", '[');
#define GAP(id, name, from, to)       \
	sw_json__open(j, NULL, '[');  \
	sw_json__str(j, NULL, from);  \
	sw_json__str(j, NULL, to);    \
	sw_json__close(j, ']');
	SW_GAPS(GAP)
#undef GAP
	sw_json__close(j, ']');
}

static void put_part(struct sw_buf *out, const struct html_part *part)
{
	sw_buf__put(out, part->begin, (size_t)(part->end - part->begin));
}

static struct sw_json block__begin(struct sw_buf *out, const char *id)
{
	sw_buf__puts(out, "<script type=\"application/json\" id=\"");
	sw_buf__puts(out, id);
	sw_buf__puts(out, "\">\n");
	return (struct sw_json){.out = out};
}

static void block__end(struct sw_buf *out)
{
	sw_buf__puts(out, "\n</script>\n");
}

static void html__begin(struct sw_buf *out, const struct sw_render_opts *o,
			const struct sw_trace_info *info)
{
	struct html *h = o->state;
	struct sw_json j;
	size_t from;

	h->base = o->start_ns;
	put_part(out, &html_head);
	sw_buf__puts(out, "<meta http-equiv=\"Content-Security-Policy\" content=\"");
	sw_buf__puts(out, html_policy);
	sw_buf__puts(out, "\">\n<style>");
	put_part(out, &html_style);
	sw_buf__puts(out, "</style>\n");
	put_part(out, &html_body);
	j = block__begin(out, "data-trace");
	from = out->len;
	sw_json__open(&j, NULL, '{');
	html_name(&j, "version", info->version);
	html_name(&j, "host", info->host);
	html_name(&j, "kernel", info->kernel);
	html_name(&j, "arch", info->arch);
	sw_json__u64(&j, "monotonic_ns", info->monotonic_ns);
	sw_json__u64(&j, "realtime_ms", info->realtime_ns / 1000000);
	sw_json__u64(&j, "events_max", HTML_EVENTS_MAX);
	sw_json__u64(&j, "sockets_max", HTML_SOCKETS_MAX);
	put_legend(&j);
	sw_json__close(&j, '}');
	html_defuse(out, from);
	block__end(out);
	block__begin(out, "data-events");
	sw_buf__putc(out, '[');
}

static void html__event(struct sw_buf *out, const struct sw_render_opts *o, struct sw_socket *sk,
			const struct sw_told *told)
{
	struct html *h = o->state;

	/* Where it is not known when tracing began, that is the first event. */
	if (!h->begun && !h->base)
		h->base = told->ev->hdr.ts;
	h->begun = true;
	html_event(out, o, h, sk, told);
	if (h->failed)
		out->failed = true;
}

static void put_lost(struct sw_json *j, const struct sw_trace_totals *totals)
{
	sw_json__open(j, "lost", '[');
	for (unsigned int i = 0; i < SW_LOST_COUNT; i++) {
		sw_json__open(j, NULL, '[');
		sw_json__str(j, NULL, sw_loss_name(i));
		sw_json__u64(j, NULL, totals->lost[i]);
		sw_json__str(j, NULL, sw_loss_meaning(i));
		sw_json__close(j, ']');
	}
	sw_json__close(j, ']');
}

static void put_hooks(struct sw_json *j, const struct sw_trace_info *info)
{
	sw_json__open(j, "ledger", '[');
	for (unsigned int i = 0; i < info->n_hooks; i++) {
		const struct sw_hook_info *hook = &info->hooks[i];
		uint64_t lost = 0;

		if (!hook->asked)
			continue;
		for (unsigned int k = 0; k < SW_LOST_COUNT; k++)
			lost += hook->count.lost[k];
		sw_json__open(j, NULL, '[');
		html_name(j, NULL, hook->name);
		html_name(j, NULL, hook->attach);
		html_name(j, NULL, hook->note ?: "");
		sw_json__u64(j, NULL, hook->count.hits);
		sw_json__u64(j, NULL, hook->count.delivered);
		sw_json__u64(j, NULL, hook->count.filtered);
		sw_json__u64(j, NULL, lost);
		sw_json__close(j, ']');
	}
	sw_json__close(j, ']');
}

static void html__summary(struct sw_buf *out, const struct sw_render_opts *o,
			  const struct sw_trace_info *info, const struct sw_outcome *outcome)
{
	const struct sw_trace_totals *totals = outcome->totals;
	const struct html *h = o->state;
	struct sw_json j;
	size_t from;

	sw_buf__puts(out, "\n]");
	block__end(out);
	j = block__begin(out, "data-outcome");
	from = out->len;
	sw_json__open(&j, NULL, '{');
	sw_json__u64(&j, "duration_ns", sw_trace_duration(o->start_ns, info, totals));
	sw_json__u64(&j, "n_sockets", totals->sockets);
	sw_json__u64(&j, "shown", h->shown);
	sw_json__u64(&j, "left_out", h->left_out);
	sw_json__bool(&j, "complete", totals->complete);
	sw_json__bool(&j, "tells", outcome->latency);
	sw_json__u64(&j, "hits", totals->hits);
	sw_json__u64(&j, "delivered", totals->delivered);
	sw_json__u64(&j, "filtered", totals->filtered);
	sw_json__u64(&j, "malformed", totals->malformed);
	put_lost(&j, totals);
	put_hooks(&j, info);
	html_sockets(&j, h);
	html_outcome(&j, h, outcome);
	sw_json__close(&j, '}');
	html_defuse(out, from);
	block__end(out);
	sw_buf__puts(out, "<script>");
	put_part(out, &html_script);
	sw_buf__puts(out, "</script>\n</body>\n</html>\n");
}

static void *html__open(void)
{
	return calloc(1, sizeof(struct html));
}

static void html__close(void *state)
{
	if (state)
		html_sockets__free(state);
	free(state);
}

static uint64_t html__left_out(const struct sw_render_opts *o)
{
	return ((const struct html *)o->state)->left_out;
}

const struct sw_renderer sw_render_html = {
	.name = "html",
	.whole = true,
	.open = html__open,
	.close = html__close,
	.begin = html__begin,
	.event = html__event,
	.summary = html__summary,
	.left_out = html__left_out,
};
