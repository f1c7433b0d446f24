// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Every format of records from anywhere: no control character but ends of lines, lines of
 * JSON that are objects in valid UTF-8, rows of as many cells, pages of HTML whose data are
 * JSON without a mark that HTML obeys, and what must hold of Perfetto's packets.  The input
 * is records, as fuzz_decode takes them.
 */
#define _GNU_SOURCE /* memmem() */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "render/render.h"
#include "json_check.h"
#include "must.h"
#include "must_perfetto.h"

struct showing {
	const struct sw_renderer *renderer;
	struct sw_render_opts opts;
	struct sw_buf out;
};

static void forget(void *arg, struct sw_socket *sk)
{
	struct showing *s = arg;

	if (s->renderer->forget)
		s->renderer->forget(&s->out, &s->opts, sk);
}

static int show(void *arg, struct sw_socket *sk, const struct sw_told *told)
{
	struct showing *s = arg;

	s->renderer->event(&s->out, &s->opts, sk, told);
	return 0;
}

/* The blocks of data, and nothing else of a page: the rest is its own. */
static void check_html(const struct showing *s)
{
	static const char begin[] = "<script type=\"application/json\" id=\"", finish[] = "\n</script>";
	const char *p = s->out.data, *end = p + s->out.len, *close;
	unsigned int blocks = 0;

	must(!s->out.failed);
	while ((p = memmem(p, (size_t)(end - p), begin, sizeof(begin) - 1))) {
		p = memchr(p, '\n', (size_t)(end - p));
		must(p);
		close = memmem(p, (size_t)(end - p), finish, sizeof(finish) - 1);
		must(close);
		must(!memchr(p, '<', (size_t)(close - p)) && !memchr(p, '>', (size_t)(close - p)));
		must(!memchr(p, '&', (size_t)(close - p)));
		must(is_json(p, close));
		for (; p < close; p += character((const void *)p, (const void *)close)) {
			must(character((const void *)p, (const void *)close));
			must((unsigned char)*p >= 0x20 || *p == '\n');
			must(*p != 0x7f);
		}
		blocks++;
	}
	must(blocks == 3);
}

static void check(const struct showing *s)
{
	const unsigned char *p = (const void *)s->out.data, *end = p + s->out.len;
	bool csv = s->renderer == &sw_render_csv, ndjson = s->renderer == &sw_render_ndjson;
	unsigned int commas = 0, cells = 0;
	bool quoted = false;

	if (s->renderer == &sw_render_html) {
		check_html(s);
		return;
	}
	must(!s->out.failed);
	for (unsigned char before = '\n'; p < end; before = *p, p += character(p, end)) {
		must(character(p, end));
		must(*p >= 0x20 || *p == '\n' || (csv && *p == '\r' && p[1] == '\n'));
		must(*p != 0x7f);
		if (ndjson && before == '\n')
			must(*p == '{');
		if (ndjson && *p == '\n')
			must(before == '}');
		if (!csv)
			continue;
		quoted ^= *p == '"';
		commas += !quoted && *p == ',';
		if (*p != '\n')
			continue;
		must(!quoted && before == '\r');
		if (!cells)
			cells = commas;
		must(commas == cells);
		commas = 0;
	}
}

static void show_all(const uint8_t *data, size_t size, const struct sw_renderer *renderer,
		     bool live, unsigned int width)
{
	static const char names[] = "a\033[31m\"<b>,\xff\0main";
	struct sw_trace_info info = {.version = "", .host = "\033]0;x", .kernel = "\"", .arch = ","};
	struct showing s = {
		.renderer = renderer,
		.opts = {.live = live, .timelines = !live, .width = width, .lines_per_s = 1000,
			 .worst = live, .stacks = sw_stacks__new(0)},
	};
	const struct sw_analysis_opts opts = {
		.judge = &(struct sw_thresholds){0},
		.moments = true,
		.timeline_bytes = live ? 0 : 65536,
		.stacks = s.opts.stacks,
	};
	const struct sw_analysis_sink sink = {.event = show, .forget = forget, .arg = &s};
	struct sw_analysis *a = sw_analysis__new(&info, &opts, &sink);
	struct sw_sockets *sockets;
	struct sw_outcome outcome;
	struct sw_socket *sk = NULL;

	must(a && s.opts.stacks);
	sockets = sw_trace__sockets(sw_analysis__trace(a));
	for (uint32_t i = 0; i < 4; i++)
		must(!sw_stacks__add(s.opts.stacks, i, 1, names, sizeof(names)));
	if (renderer->open)
		must((s.opts.state = renderer->open()));
	if (renderer->begin)
		renderer->begin(&s.out, &s.opts, &info);
	while (size) {
		union sw_event ev;

		if (size < sizeof(ev.hdr))
			break;
		memcpy(&ev.hdr, data, sizeof(ev.hdr));
		if (ev.hdr.size < sizeof(ev.hdr) || ev.hdr.size > size)
			break;
		must(!sw_analysis__feed(a, data, ev.hdr.size));
		data += ev.hdr.size;
		size -= ev.hdr.size;
	}
	must(!sw_analysis__end(a, 0, &outcome));
	if (renderer->summary)
		renderer->summary(&s.out, &s.opts, &info, &outcome);
	while (!live && renderer->timeline && (sk = sw_sockets__next(sockets, sk)))
		renderer->timeline(&s.out, &s.opts, sw_analysis__timeline(a), sk);
	if (renderer->closing)
		renderer->closing(&s.out, &s.opts, &info, &outcome);
	if (renderer->framed)
		must_perfetto(&s.out);
	else
		check(&s);
	sw_analysis__free(a);
	if (renderer->close)
		renderer->close(s.opts.state);
	sw_stacks__free(s.opts.stacks);
	sw_buf__free(&s.out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct sw_renderer *r;

	for (unsigned int i = 0; (r = sw_renderer__at(i)); i++) {
		show_all(data, size, r, true, 0);
		show_all(data, size, r, false, 60);
	}
	/* A line each, cut to the terminal. */
	show_all(data, size, &sw_render_text, true, 120);
	return 0;
}
