// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Names of UNIX sockets of every length that there is: paths, with and without the NUL
 * that may end one, and abstract names, which may hold and end in NULs of their own.
 * What they are called is asked of the kernel.
 */
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "live.h"

#define LONGEST sizeof(((struct sockaddr_un *)NULL)->sun_path)

enum kind { PATH, PATH_AND_NUL, ABSTRACT, ABSTRACT_NULS, KINDS };

struct end {
	struct sockaddr_un name;
	socklen_t len;
	int fd;
	char label[48];
};

static void begin(struct end *e, enum kind kind, size_t length, const char *which)
{
	size_t used = kind == PATH_AND_NUL && length < LONGEST ? length + 1 : length;

	memset(e, 0, sizeof(*e));
	e->name.sun_family = AF_UNIX;
	for (size_t i = kind < ABSTRACT ? 0 : 1; i < length; i++)
		e->name.sun_path[i] = (char)('0' + (int)i % 10);
	if (kind == ABSTRACT_NULS)
		e->name.sun_path[length - 1] = e->name.sun_path[length / 2] = '\0';
	e->len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + used);
	e->fd = TRY(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
	TRY(bind(e->fd, (struct sockaddr *)&e->name, e->len));
	snprintf(e->label, sizeof(e->label), "%s of %zu bytes, kind %d", which, length, kind);
}

static void end(struct end *e, enum kind kind)
{
	char path[LONGEST + 1] = "";

	TRY(close(e->fd));
	live_expect_destroy(e->label);
	if (kind < ABSTRACT) {
		memcpy(path, e->name.sun_path, LONGEST);
		TRY(unlink(path));
	}
}

/* One end's name is long where the other's is short. */
static void talk(enum kind kind, size_t length)
{
	struct end ends[2];
	char byte;

	begin(&ends[0], kind, length, "one");
	begin(&ends[1], kind, LONGEST + 1 - length, "other");
	for (int i = 0; i < 2; i++)
		TRY(connect(ends[i].fd, (struct sockaddr *)&ends[!i].name, ends[!i].len));
	for (int i = 0; i < 2; i++)
		live_declare(ends[i].label, ends[i].fd);
	for (int i = 0; i < 2; i++) {
		TRY(send(ends[!i].fd, "x", 1, 0));
		MUST(TRY(recv(ends[i].fd, &byte, 1, 0)) == 1);
		live_expect(ends[i].label, "sock_def_readable", 1, "\"rx_queued\":1");
		live_expect(ends[!i].label, "unix_write_space", 1, NULL);
	}
	end(&ends[0], kind);
	end(&ends[1], kind);
}

int main(void)
{
	char folder[] = "/tmp/sockwake-names.XXXXXX";

	live_start();
	/* Abstract names of our own, however short; and paths of any length. */
	TRY(unshare(CLONE_NEWNET));
	MUST(mkdtemp(folder));
	TRY(chdir(folder));
	for (enum kind kind = PATH; kind < KINDS; kind++)
		for (size_t length = 1; length <= LONGEST; length++)
			talk(kind, length);
	TRY(chdir("/"));
	TRY(rmdir(folder));
	return live_end();
}
