// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Writes the seeds of the decoder's corpus: a good record of each kind, all of
 * them in a row, and what a newer sockwake might write.
 *
 *   make_seeds DIRECTORY
 */
#include <stdio.h>
#include <stdlib.h>

#include "../unit/samples.h"

static const char *directory;

static FILE *seed__open(const char *name)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/seed-%s", directory, name);
	f = fopen(path, "wb");
	if (!f) {
		perror(path);
		exit(1);
	}
	return f;
}

static void seed__put(FILE *f, const void *data, size_t size)
{
	if (fwrite(data, 1, size, f) != size) {
		perror("write");
		exit(1);
	}
}

static void seed__close(FILE *f)
{
	if (fclose(f)) {
		perror("close");
		exit(1);
	}
}

static void write_kinds(void)
{
	FILE *all = seed__open("all");
	FILE *f;

#define KIND(id, name, ...)                                \
	{                                                     \
		struct sw_rec_##name rec = sample_##name();   \
							      \
		f = seed__open(#name);                        \
		seed__put(f, &rec, sizeof(rec));              \
		seed__close(f);                               \
		seed__put(all, &rec, sizeof(rec));            \
	}
	SW_KINDS(KIND)
#undef KIND
	seed__close(all);
}

/* A kind that is not known, a record that has grown, and one that is known. */
static void write_newer(void)
{
	struct sw_rec unknown = sample_hdr(SW_REC_COUNT, 0, sizeof(unknown));
	struct sw_rec_destroy destroy = sample_destroy();
	FILE *f = seed__open("newer");

	seed__put(f, &unknown, sizeof(unknown));
	destroy.hdr.size += 8;
	seed__put(f, &destroy, sizeof(destroy));
	seed__put(f, "\0\0\0\0\0\0\0\0", 8);
	destroy = sample_destroy();
	seed__put(f, &destroy, sizeof(destroy));
	seed__close(f);
}

/* Names that are not text. */
static void write_hostile(void)
{
	struct sw_rec_wakeup wakeup = sample_wakeup();
	struct sw_rec_unix names = sample_unix();
	FILE *f = seed__open("hostile-names");

	memcpy(wakeup.comm, "\x1b[2J\xe2\x80\xae\xc2\x9b\xed\xa0\x80\"\\\n", SW_COMM_LEN);
	seed__put(f, &wakeup, sizeof(wakeup));
	memset(names.lpath, 0xf0, sizeof(names.lpath));
	memset(names.rpath, '\n', sizeof(names.rpath));
	names.llen = SW_UNIX_PATH;
	seed__put(f, &names, sizeof(names));
	seed__close(f);
}

/* A wake-up and all that comes of it, on a listener and on a connection. */
static void write_story(void)
{
	FILE *f = seed__open("story");
	struct sw_rec_socket name = sample_socket();
	struct sw_rec_wakeup wakeup = sample_wakeup();
	struct sw_rec_woken woken = sample_woken();
	struct sw_rec_run run = sample_run();
	struct sw_rec_io io = sample_io();
	struct sw_rec_wait wait = sample_wait();
	struct sw_rec_destroy destroy = sample_destroy();

	seed__put(f, &name, sizeof(name));
	wakeup.hdr.hook = SW_HOOK_DEF_READABLE;
	woken.hdr.ts = wakeup.hdr.ts + 1;
	run.wakeup_ts = io.wakeup_ts = woken.wakeup_ts = wakeup.hdr.ts;
	wait.wakeup_ts = wakeup.hdr.ts;
	run.woken_ts = woken.woken_ts = wakeup.hdr.ts + 100;
	run.hdr.ts = io.run_ts = wait.end = wakeup.hdr.ts + 300;
	io.begin = io.hdr.ts = wait.hdr.ts = wakeup.hdr.ts + 900;
	wait.sock = 7;
	for (int listener = 0; listener < 2; listener++) {
		wakeup.state = listener ? 10 : 1; /* TCP_LISTEN, TCP_ESTABLISHED */
		wakeup.rx_queued = 1;
		wakeup.tx_queued = listener;
		wait.op = listener ? SW_OP_ACCEPT : SW_OP_RECV;
		io.op = wait.op;
		seed__put(f, &wakeup, sizeof(wakeup));
		for (woken.tid = 1; woken.tid <= 2; woken.tid++)
			seed__put(f, &woken, sizeof(woken));
		for (run.tid = io.tid = 1; io.tid <= 2; run.tid = ++io.tid) {
			io.result = io.tid == 1 ? 5 : -11;
			seed__put(f, &run, sizeof(run));
			seed__put(f, &io, sizeof(io));
		}
		seed__put(f, &wait, sizeof(wait));
	}
	wait.hdr.flags = SW_F_UNENDED | SW_F_NO_RESULT;
	for (wait.op = SW_OP_RECV; wait.op <= SW_OP_POLL; wait.op++)
		seed__put(f, &wait, sizeof(wait));
	wakeup.waiters = 0;
	wakeup.state = 1;
	seed__put(f, &wakeup, sizeof(wakeup));
	io.run_ts = 0;
	seed__put(f, &io, sizeof(io));
	destroy.hdr.ts = io.hdr.ts;
	seed__put(f, &destroy, sizeof(destroy));
	seed__close(f);
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: make_seeds DIRECTORY\n");
		return 2;
	}
	directory = argv[1];
	write_kinds();
	write_newer();
	write_hostile();
	write_story();
	return 0;
}
