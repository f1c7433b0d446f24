// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * zeros [--comm] [--lengths] FILE: are the bytes zeros that nothing uses, in each record of a recording:
 * padding, what is after names, with --comm also after those of tasks?  What else is there
 * would be the kernel's memory.  Each record is as long as its kind.  Prints of which kinds
 * there were records, and how many UNIX names of which lengths: with --lengths there must be
 * all.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "trace/reader.h"

static unsigned long names, bad, records[SW_REC_COUNT];
static bool check_comms, all_lengths;
static bool lengths[SW_UNIX_PATH + 1];

static void check(const char *what, const void *field, size_t used, size_t size)
{
	const unsigned char *p = field;

	for (size_t i = used; i < size; i++) {
		if (!p[i])
			continue;
		if (bad++ < 5)
			printf("%s of %zu bytes: byte %zu is 0x%02x\n", what, used, i, p[i]);
		return;
	}
}

static void check_record(const union sw_event *ev)
{
	const struct sw_rec_unix *un = &ev->unix_rec;
	const struct sw_rec_socket *sk = &ev->socket_rec;

	if (ev->hdr.kind == SW_REC_UNIX) {
		check("a local path", un->lpath, un->llen, sizeof(un->lpath));
		check("a remote path", un->rpath, un->rlen, sizeof(un->rpath));
		lengths[un->llen] = lengths[un->rlen] = true;
		names += (un->llen > 0) + (un->rlen > 0);
	} else if (ev->hdr.kind == SW_REC_SOCKET && sk->family != AF_INET6) {
		size_t used = sk->family == AF_INET || sk->family == AF_VSOCK ? 4
			      : sk->family == AF_PACKET ? strnlen((char *)sk->laddr, 16)
							: 0;

		check("a local address", sk->laddr, used, sizeof(sk->laddr));
		check("a remote address", sk->raddr, sk->family == AF_PACKET ? 0 : used,
		      sizeof(sk->raddr));
	}
}

static void check_pad(const char *name, const void *field, size_t size)
{
	check(name, field, 0, size);
}

static void check_comm(const char *name, const void *field, size_t size)
{
	if (check_comms)
		check(name, field, strnlen(field, size), size);
}

#define CHECK_ID(name)
#define CHECK_TIME(name)
#define CHECK_SPAN(name)
#define CHECK_PLAIN(name)
#define CHECK_ENUM(name)
#define CHECK_LENGTH(name)
#define CHECK_STACK(name)
#define CHECK_BYTES(name)
#define CHECK_PAD(name)	 check_pad(#name, &r->name, sizeof(r->name));
#define CHECK_TASK(name) check_comm(#name, r->name, sizeof(r->name));
#define CHECK_COMM(name) check_comm(#name, r->name, sizeof(r->name));

/* Every field of every kind, by the very rows that the records are made of. */
static void check_fields(const void *rec, const struct sw_rec *hdr)
{
	switch (hdr->kind) {
#define FIELD(meaning, type, name, more) CHECK_##meaning(name)
#define KIND(id, kind, fields, ...)                                                     \
	case SW_REC_##id: {                                                          \
		const struct sw_rec_##kind *r = rec;                                 \
		if (hdr->size != sizeof(*r) && bad++ < 5)                            \
			printf("a " #kind " record of %u bytes\n", hdr->size);       \
		fields(FIELD)                                                 \
		break;                                                               \
	}
		SW_KINDS(KIND)
#undef KIND
#undef FIELD
	}
	records[hdr->kind]++;
}

static void print_kinds(void)
{
#define KIND(id, kind, ...) printf(" %s %lu", #kind, records[SW_REC_##id]);
	printf("kinds:");
	SW_KINDS(KIND)
	printf("\n");
#undef KIND
}

int main(int argc, char **argv)
{
	int fd, arg = 1;
	char why[SW_READER_WHY] = "";
	unsigned int different = 0;
	struct sw_reader *r;
	union sw_event ev;
	const void *rec;
	size_t len;

	for (; arg < argc - 1; arg++) {
		check_comms = check_comms || !strcmp(argv[arg], "--comm");
		all_lengths = all_lengths || !strcmp(argv[arg], "--lengths");
	}
	fd = arg < argc ? open(argv[arg], O_RDONLY | O_CLOEXEC) : -1;
	if (fd < 0 || sw_reader__new(fd, &r, why)) {
		fprintf(stderr, "usage: zeros [--comm] [--lengths] FILE: %s\n", why[0] ? why : strerror(errno));
		return 2;
	}
	while (sw_reader__next(r, &rec, &len) == 1)
		if (!sw_event__decode(rec, len, &ev)) {
			check_fields(rec, &ev.hdr);
			check_record(&ev);
		}
	for (unsigned int i = 1; i <= SW_UNIX_PATH; i++)
		different += lengths[i];
	print_kinds();
	printf("%lu names of %u lengths, %lu records with other bytes\n", names, different,
	       bad);
	sw_reader__free(r);
	close(fd);
	return bad || (all_lengths && different != SW_UNIX_PATH);
}
