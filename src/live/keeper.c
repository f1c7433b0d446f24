/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "live/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "live/confine.h"
#include "live/file_reader.h"
#include "live/maps_reader.h"
#include "live/wire.h"

#define READERS	    32
#define SPOILT	    32		 /* files that are remembered not to be read again */
#define STUCK_MAX   8		 /* that cannot be killed, as their file system hangs */
#define KEPT_MAX    (512u << 20) /* bytes, of all readers together */
#define LEAST_MS    100
#define REGAINED_MS 10 /* by each that is answered in time */
#define REAP_TRIES  50 /* of 1 ms */

struct reader {
	pid_t pid; /* 0: none */
	int in, out;
	uint32_t file;
	struct sw_identity is;
	uint64_t used, kept;
};

static struct keeper {
	int in;
	struct reader readers[READERS];
	struct reader maps; /* of mappings */
	struct sw_identity spoilt[SPOILT];
	unsigned int n_spoilt; /* runs freely */
	pid_t stuck[STUCK_MAX];
	unsigned int n_stuck;
	uint32_t last_file;
	uint64_t uses;
	uint64_t allowed_ms; /* for a question */
	struct sw_look look;
	struct sw_answer answer;
	struct sw_buf mappings;
} keeper;

/* SIGKILL works at once, but for who waits for a file system that ignores it. */
static bool reap(pid_t pid, int tries)
{
	do {
		if (waitpid(pid, NULL, WNOHANG))
			return true;
	} while (--tries > 0 && !usleep(1000));
	return false;
}

static void reap_stuck(void)
{
	for (unsigned int i = 0; i < keeper.n_stuck; i++)
		if (reap(keeper.stuck[i], 1))
			keeper.stuck[i--] = keeper.stuck[--keeper.n_stuck];
}

static void end_reader(struct reader *r)
{
	if (!r->pid)
		return;
	kill(r->pid, SIGKILL);
	close(r->in);
	close(r->out);
	if (!reap(r->pid, REAP_TRIES) && keeper.n_stuck < STUCK_MAX)
		keeper.stuck[keeper.n_stuck++] = r->pid;
	r->pid = 0;
}

static struct reader *find_reader(uint32_t file)
{
	for (struct reader *r = keeper.readers; r < keeper.readers + READERS; r++)
		if (r->pid && r->file == file)
			return r;
	return NULL;
}

/* A free place, or that of the one that was not asked for the longest. */
static struct reader *place(void)
{
	struct reader *oldest = keeper.readers;

	for (struct reader *r = keeper.readers; r < keeper.readers + READERS; r++) {
		if (!r->pid)
			return r;
		if (r->used < oldest->used)
			oldest = r;
	}
	end_reader(oldest);
	return oldest;
}

/* Never `but`, which was asked last. */
static void keep_within_memory(const struct reader *but)
{
	for (;;) {
		struct reader *oldest = NULL;
		uint64_t kept = 0;

		for (struct reader *r = keeper.readers; r < keeper.readers + READERS; r++) {
			if (!r->pid)
				continue;
			kept += r->kept;
			if (r != but && (!oldest || r->used < oldest->used))
				oldest = r;
		}
		if (kept <= KEPT_MAX || !oldest)
			return;
		end_reader(oldest);
	}
}

static unsigned int list_known(struct sw_known_file *known)
{
	unsigned int n = 0;

	for (const struct reader *r = keeper.readers; r < keeper.readers + READERS; r++)
		if (r->pid)
			known[n++] = (struct sw_known_file){r->is, r->file};
	for (unsigned int i = 0; i < keeper.n_spoilt && i < SPOILT; i++)
		known[n++] = (struct sw_known_file){keeper.spoilt[i], 0};
	return n;
}

static noreturn void run_file_reader(int in, int out)
{
	struct sw_known_file known[READERS + SPOILT];
	unsigned int n = list_known(known);

	keeper.look.file = keeper.last_file;
	sw_file_reader__run(&keeper.look, known, n, in, out);
}

static noreturn void begin_reader(pid_t parent, void (*run)(int in, int out), int in, int out)
{
	prctl(PR_SET_NAME, "sockwake-reader", 0, 0, 0);
	/* Which dies with the keeper, as that may be before this could ask for it. */
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (getppid() == parent)
		run(in, out);
	_exit(1);
}

static int fork_reader(struct reader *r, void (*run)(int in, int out))
{
	int in[2], out[2], err = 0;
	pid_t parent = getpid();

	if (pipe2(in, O_CLOEXEC))
		return -errno;
	if (pipe2(out, O_CLOEXEC)) {
		err = -errno;
		close(in[0]);
		close(in[1]);
		return err;
	}
	r->pid = fork();
	if (!r->pid)
		begin_reader(parent, run, in[0], out[1]);
	if (r->pid < 0)
		err = -errno;
	close(in[0]);
	close(out[1]);
	r->in = in[1];
	r->out = out[0];
	if (!err && fcntl(r->out, F_SETFL, O_NONBLOCK))
		err = -errno;
	if (!err)
		return 0;
	if (r->pid > 0) {
		end_reader(r);
	} else {
		close(r->in);
		close(r->out);
	}
	r->pid = 0;
	return err;
}

static void say(enum sw_outcome outcome)
{
	memset(&keeper.answer.head, 0, sizeof(keeper.answer.head));
	keeper.answer.head.outcome = outcome;
}

static void mark_spoilt(const struct sw_identity *is)
{
	if (is->ino || is->dev)
		keeper.spoilt[keeper.n_spoilt++ % SPOILT] = *is;
}

/* A stranger who has many such files must not have two seconds for each, and a few others in
 * between do not make up for it. */
static void be_shorter(int err)
{
	if (err == -ETIMEDOUT && keeper.allowed_ms / 2 >= LEAST_MS)
		keeper.allowed_ms /= 2;
}

static void fail(struct reader *r, int err)
{
	say(err == -ETIMEDOUT ? SW_LOOK_LATE : SW_LOOK_DIED);
	be_shorter(err);
	mark_spoilt(&r->is);
	end_reader(r);
}

/* first: it has not answered anything yet.  One that has, and died since, is not the file's
 * fault: another will do. */
static void take_answer(struct reader *r, bool first, const struct sw_wait *w)
{
	int err = sw_wire__read_answer(r->out, &keeper.answer, &keeper.look, w);

	if (err == -EPIPE && !first) {
		end_reader(r);
		say(SW_LOOK_GONE);
		return;
	}
	if (err) {
		fail(r, err);
		return;
	}
	r->used = ++keeper.uses;
	r->kept = keeper.answer.head.kept;
	keeper.answer.head.file = r->file;
	if (keeper.answer.head.outcome != SW_LOOK_NAMES) {
		mark_spoilt(&r->is);
		end_reader(r);
		return;
	}
	if (keeper.allowed_ms < SW_KEEPER_MS)
		keeper.allowed_ms += REGAINED_MS;
	keep_within_memory(r);
}

static void ask_reader(struct reader *r, const struct sw_wait *w)
{
	if (!r) {
		say(SW_LOOK_GONE);
	} else if (sw_wire__write(r->in, &keeper.look, sizeof(keeper.look))) {
		end_reader(r);
		say(SW_LOOK_GONE);
	} else {
		take_answer(r, false, w);
	}
}

static void ask_new(const struct sw_wait *w)
{
	struct reader *r = place();
	struct sw_opened o;
	int err;

	keeper.last_file += keeper.last_file == UINT32_MAX - 1 ? 3 : 1;
	*r = (struct reader){.file = keeper.last_file};
	if (keeper.n_stuck == STUCK_MAX || fork_reader(r, run_file_reader)) {
		say(SW_LOOK_DIED);
		return;
	}
	err = sw_wire__read(r->out, &o, sizeof(o), w);
	if (err) {
		fail(r, err);
		return;
	}
	if (o.what != SW_OPENED) {
		end_reader(r);
		if (o.what == SW_OPENED_KNOWN)
			ask_reader(find_reader(o.file), w);
		else
			say(SW_LOOK_NONE);
		return;
	}
	r->is = o.is;
	take_answer(r, true, w);
}

static void ask_mappings(const struct sw_wait *w)
{
	struct reader *r = &keeper.maps;
	int err;

	sw_buf__reset(&keeper.mappings);
	if (!r->pid && (keeper.n_stuck == STUCK_MAX || fork_reader(r, sw_maps_reader__run)))
		return;
	err = sw_wire__write(r->in, &keeper.look, sizeof(keeper.look));
	if (!err)
		err = sw_wire__read_mappings(r->out, &keeper.mappings, w);
	if (err) {
		be_shorter(err);
		end_reader(r);
		sw_buf__reset(&keeper.mappings);
	}
}

static int answer(int out)
{
	const uint64_t now = sw_clock_ns(CLOCK_MONOTONIC);
	const struct sw_wait w = {.until = now + keeper.allowed_ms * 1000000,
				  .other = keeper.in};

	reap_stuck();
	if (keeper.look.what == SW_ASK_MAPPINGS) {
		ask_mappings(&w);
		return sw_wire__write_mappings(out, &keeper.mappings);
	}
	if (keeper.look.file)
		ask_reader(find_reader(keeper.look.file), &w);
	else
		ask_new(&w);
	return sw_wire__write_answer(out, &keeper.answer);
}

noreturn void sw_keeper__run(int in, int out)
{
	prctl(PR_SET_NAME, "sockwake-keeper", 0, 0, 0);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
	if (sw_confine__files(in, out) || sw_confine__to_opening())
		_exit(1);
	keeper.in = in;
	keeper.allowed_ms = SW_KEEPER_MS;
	while (!sw_wire__read(in, &keeper.look, sizeof(keeper.look), NULL) && !answer(out))
		;
	end_reader(&keeper.maps);
	for (struct reader *r = keeper.readers; r < keeper.readers + READERS; r++)
		end_reader(r);
	_exit(0);
}
