/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "trace/meta.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "trace/format.h"

static const char *const hook_names[SW_HOOK_COUNT] = {
#define HOOK(id, name, cause, dflt) [SW_HOOK_##id] = #name,
	SW_HOOKS(HOOK)
#undef HOOK
};

static void put_item(struct sw_buf *b, uint16_t tag, const void *data, size_t n)
{
	uint16_t head[2] = {tag, (uint16_t)(n > UINT16_MAX ? UINT16_MAX : n)};

	sw_buf__put(b, head, sizeof(head));
	sw_buf__put(b, data, head[1]);
}

static void put_text(struct sw_buf *b, uint16_t tag, const char *text)
{
	put_item(b, tag, text ?: "", text ? strlen(text) : 0);
}

static void put_hook(struct sw_buf *b, unsigned int hook, const struct sw_hook_info *h)
{
	struct sw_buf item = {0};
	const char *const texts[] = {h->name, h->attach, h->target, h->note};
	uint8_t head[4] = {(uint8_t)hook, h->asked, h->exact, 0};

	sw_buf__put(&item, head, sizeof(head));
	for (unsigned int i = 0; i < 4; i++)
		sw_buf__put(&item, texts[i], strlen(texts[i]) + 1);
	if (item.failed)
		b->failed = true;
	else
		put_item(b, SW_META_HOOK, item.data, item.len);
	sw_buf__free(&item);
}

static void put_kind(struct sw_buf *b, uint8_t kind)
{
	uint16_t size = (uint16_t)sw_rec_size(kind);
	char item[64] = {(char)kind};
	size_t n = strlen(sw_rec_name(kind)) + 1;

	memcpy(item + 2, &size, 2);
	memcpy(item + 4, sw_rec_name(kind), n);
	put_item(b, SW_META_KIND, item, 4 + n);
}

static void put_field(struct sw_buf *b, uint8_t kind, const char *name, size_t size,
		      size_t offset, size_t count)
{
	const uint16_t numbers[] = {(uint16_t)offset, (uint16_t)count};
	char item[64] = {(char)kind, (char)size};
	size_t n = strlen(name) + 1;

	memcpy(item + 2, numbers, sizeof(numbers));
	memcpy(item + 6, name, n);
	put_item(b, SW_META_FIELD, item, 6 + n);
}

/* What each record is made of, for whoever reads the file without this program. */
static void put_kinds(struct sw_buf *b)
{
	for (unsigned int i = 1; i < SW_REC_COUNT; i++)
		put_kind(b, (uint8_t)i);
#define FIELD(meaning, type, name, more)                                          \
	put_field(b, kind, #name, sizeof(type), (size_t)((char *)&r.name - (char *)&r), \
		  sizeof(r.name) / sizeof(type));
#define KIND(id, name, fields, ...)                        \
	{                                                  \
		const uint8_t kind = SW_REC_##id;          \
		struct sw_rec_##name r;                    \
                                                           \
		fields(FIELD)                              \
	}
	SW_KINDS(KIND)
#undef KIND
#undef FIELD
}

void sw_meta__put(struct sw_buf *b, const struct sw_trace_info *info, uint64_t trace, bool tells,
		  const char *options)
{
	uint64_t clocks[2] = {info->monotonic_ns, info->realtime_ns};
	uint8_t told = tells;

	put_text(b, SW_META_VERSION, info->version);
	put_text(b, SW_META_HOST, info->host);
	put_text(b, SW_META_KERNEL, info->kernel);
	put_text(b, SW_META_ARCH, info->arch);
	put_item(b, SW_META_CLOCKS, clocks, sizeof(clocks));
	put_text(b, SW_META_OPTIONS, options);
	put_item(b, SW_META_TRACE, &trace, sizeof(trace));
	put_item(b, SW_META_TELLS, &told, 1);
	for (unsigned int i = 0; i < info->n_hooks; i++)
		put_hook(b, i, &info->hooks[i]);
	put_kinds(b);
}

/* --- reading: no byte of it is believed --------------------------------------------- */

struct item {
	uint16_t tag, size;
	const char *data;
};

struct reading {
	struct sw_meta *m;
	char *at; /* where the next text goes: there is room for all, as none is longer than its item */
};

static const char *keep_text(struct reading *r, const char *data, size_t n)
{
	char *text = r->at;

	n = strnlen(data, n);
	memcpy(text, data, n);
	text[n] = '\0';
	r->at += n + 1;
	return text;
}

/* The next text that a NUL ends; NULL: there is none. */
static const char *next_text(struct reading *r, const char **p, const char *end)
{
	size_t left = (size_t)(end - *p), n = strnlen(*p, left);
	const char *text;

	if (n == left)
		return NULL;
	text = keep_text(r, *p, n);
	*p += n + 1;
	return text;
}

/* Ours, as the texts of a file may hold anything. */
static const char *attach_name(const char *text)
{
	static const char *const names[] = {"kprobe", "fentry", "tracepoint"};

	for (unsigned int i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!strcmp(text, names[i]))
			return names[i];
	return "none";
}

static int read_hook(struct reading *r, const struct item *i)
{
	const char *p = i->data + 4, *end = i->data + i->size, *texts[4];
	struct sw_hook_info *h;

	if (i->size < 4)
		return -EINVAL;
	for (unsigned int k = 0; k < 4; k++) {
		texts[k] = next_text(r, &p, end);
		if (!texts[k])
			return -EINVAL;
	}
	/* Of a later version: no record that we know has it. */
	if ((uint8_t)i->data[0] >= SW_HOOK_COUNT)
		return 0;
	h = &r->m->info.hooks[(uint8_t)i->data[0]];
	h->attach = attach_name(texts[1]);
	h->target = texts[2];
	h->note = texts[3];
	h->asked = i->data[1];
	h->exact = i->data[2];
	return 0;
}

static int read_kind(struct reading *r, const struct item *i)
{
	uint16_t size;
	uint8_t kind;

	if (i->size < 4)
		return -EINVAL;
	kind = (uint8_t)i->data[0];
	memcpy(&size, i->data + 2, 2);
	if (kind < SW_REC_COUNT)
		r->m->sizes[kind] = size;
	return 0;
}

static int read_item(struct reading *r, const struct item *i)
{
	struct sw_trace_info *info = &r->m->info;

	switch (i->tag) {
	case SW_META_VERSION:
		info->version = keep_text(r, i->data, i->size);
		return 0;
	case SW_META_HOST:
		info->host = keep_text(r, i->data, i->size);
		return 0;
	case SW_META_KERNEL:
		info->kernel = keep_text(r, i->data, i->size);
		return 0;
	case SW_META_ARCH:
		info->arch = keep_text(r, i->data, i->size);
		return 0;
	case SW_META_OPTIONS:
		r->m->options = keep_text(r, i->data, i->size);
		return 0;
	case SW_META_CLOCKS:
		if (i->size < 16)
			return -EINVAL;
		memcpy(&info->monotonic_ns, i->data, 8);
		memcpy(&info->realtime_ns, i->data + 8, 8);
		return 0;
	case SW_META_TRACE:
		if (i->size < 8)
			return -EINVAL;
		memcpy(&r->m->trace, i->data, 8);
		return 0;
	case SW_META_TELLS:
		r->m->tells = i->size && i->data[0];
		return 0;
	case SW_META_HOOK:
		return read_hook(r, i);
	case SW_META_KIND:
		return read_kind(r, i);
	default: /* a field, or of a later version */
		return 0;
	}
}

int sw_meta__read(struct sw_meta *m, const void *data, size_t len)
{
	const char *p = data, *end = p + len;
	struct reading r = {.m = m};
	struct item i;
	int err = 0;

	*m = (struct sw_meta){.options = "",
			      .info = {.version = "",
				       .host = "",
				       .kernel = "",
				       .arch = "",
				       .n_hooks = SW_HOOK_COUNT}};
	for (unsigned int k = 0; k < SW_HOOK_COUNT; k++)
		m->info.hooks[k] = (struct sw_hook_info){
			.name = hook_names[k], .attach = "none", .target = "", .note = ""};
	/* An item's texts have NULs of their own, or one is added for a head of four. */
	m->text = r.at = malloc(len + 1);
	if (!m->text)
		return -ENOMEM;
	while (!err && p < end) {
		if (end - p < 4)
			err = -EINVAL;
		if (err)
			break;
		memcpy(&i.tag, p, 2);
		memcpy(&i.size, p + 2, 2);
		i.data = p + 4;
		if (i.size > end - i.data)
			err = -EINVAL;
		else
			err = read_item(&r, &i);
		p = i.data + i.size;
	}
	if (err)
		sw_meta__free(m);
	return err;
}

void sw_meta__free(struct sw_meta *m)
{
	free(m->text);
	m->text = NULL;
}
