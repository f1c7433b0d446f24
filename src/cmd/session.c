/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "cmd/session.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/log.h"
#include "cmd/cmd.h"
#include "cmd/ending.h"
#include "cmd/loaded.h"
#include "cmd/patience.h"
#include "cmd/signals.h"
#include "cmd/spawn.h"
#include "cmd/watchdog.h"
#include "core/stacks.h"
#include "live/caps.h"
#include "live/helper.h"
#include "live/symbols.h"

/* By which TERM ends it all within two seconds. */
#define KILL_AFTER_NS 1500000000ull
#define EXEC_LOOK_MS  50
#define LARGE_PIECE   (256 << 10)
/* Hooks that are traced when --events does not say. */
#define ALL_HOOKS ((1u << SW_HOOK_COUNT) - 1)
_Static_assert(SW_HOOK_COUNT < 32, "a bit for each hook");

static void ready_failed(int err)
{
	sw_error("cannot write the ready file: %s", sw_newfile__why(err));
}

static int make_ready(struct sw_session *s)
{
	int err = sw_newfile__make(&s->ready);

	if (!err)
		err = sw_newfile__clear(&s->ready);
	if (!err && write(s->ready.fd, "ready\n", 6) != 6)
		err = -errno;
	if (!err)
		err = sw_newfile__close(&s->ready);
	if (err)
		ready_failed(err);
	return err;
}

/* It reads a file that it is to write. */
static bool is_output(const struct sw_newfile *output, const char *path)
{
	int fd = open(path, O_PATH | O_CLOEXEC);
	bool is = fd >= 0 && output->file && sw_newfile__is(output, fd);

	if (fd >= 0)
		close(fd);
	return is;
}

int sw_session__look(struct sw_session *s, const struct sw_newfile *output)
{
	int err = 0;

	s->output = output;
	if (s->btf && is_output(output, s->btf)) {
		sw_error("the file of --btf is the output: choose another with -o");
		return -EINVAL;
	}
	if (!s->ready_file)
		return 0;
	err = sw_newfile__look(&s->ready, s->ready_file, SW_NEW_PUBLIC);
	if (err) {
		ready_failed(err);
		return err;
	}
	if ((s->ready.file && sw_newfile__same(&s->ready, output)) ||
	    (s->btf && is_output(&s->ready, s->btf))) {
		sw_error("the ready file is the output, or the file of --btf: choose another");
		return -EINVAL;
	}
	return 0;
}

/* Before anything that it would have to be kept from. */
static int start_helper(const struct sw_session *s, struct sw_helper **helper)
{
	int err = s->stacks & SW_STACKS_USER ? sw_helper__start(helper) : 0;

	if (err)
		sw_error("cannot fork: %s", strerror(-err));
	return err;
}

static int open_stacks(const struct sw_session *s, struct sw_helper *helper,
		       struct sw_symbols **symbols, struct sw_stacks **stacks)
{
	int err = sw_symbols__new(s->stacks, helper, symbols);

	if (err) {
		sw_error("cannot read the kernel's symbols: %s", strerror(-err));
		return err;
	}
	*stacks = sw_stacks__new(s->stacks_slow_ns);
	if (*stacks)
		return 0;
	sw_error("out of memory");
	return -ENOMEM;
}

static bool needs_override(const struct sw_newfile *f)
{
	return f->place.name && sw_caps__needs_override(f->place.folder);
}

static int give_up_privileges(bool but_override)
{
	int err = sw_caps__drop(but_override);

	if (err)
		sw_error("cannot give up privileges: %s", strerror(-err));
	return err;
}

/* Signals end it also before it runs. */
static int let_run(struct sw_child *child, struct sw_ending *ending)
{
	int err = sw_child__go(child);

	while (!err && !ending->over && !sw_child__runs(child, EXEC_LOOK_MS, &err))
		sw_ending__look(ending);
	return err;
}

/* Attached and about to begin: the header, the ready file, fewer privileges. */
static int begin(struct sw_session *s, struct sw_pump *pump, struct sw_ending *ending,
		 char **program, int *status)
{
	/* Root may write to anybody's folder by a capability alone. */
	const bool files = s->makes_files && needs_override(s->output);
	const bool ready = s->ready_file && needs_override(&s->ready);
	struct sw_child *child = ending->child;
	int err, early, gone;

	err = give_up_privileges(files || ready);
	if (err)
		return err;
	/* Nothing was traced yet, and nothing is to be. */
	early = sw_ending__early();
	if (early) {
		*status = SW_EXIT_BY(early);
		return -ECANCELED;
	}
	err = sw_pump__begin(pump);
	if (!err && s->ready_file)
		err = make_ready(s);
	if (!err && ready && !files)
		err = give_up_privileges(false);
	early = err ? 0 : sw_ending__early();
	if (early) {
		*status = SW_EXIT_BY(early);
		return -ECANCELED;
	}
	/* Who would have read what is traced of it is no matter of the program's. */
	if ((err && !sw_no_reader(err)) || !child->pid)
		return err;
	gone = err;
	sw_inherited__close(&s->inherited);
	err = let_run(child, ending);
	if (err)
		*status = sw_child__cannot_run(program[0], -err);
	return err ? err : gone;
}

static int start_program(const struct sw_session *s, struct sw_child *child, char **program)
{
	int err = s->beside ? sw_child__stand_aside(child, program)
			    : sw_child__fork(child, program);

	if (err)
		sw_error("cannot fork: %s", strerror(-err));
	return err;
}

/* Each CPU has a ring, and each program a descriptor; the program behind -- keeps its limit. */
static void allow_descriptors(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files))
		return;
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
}

/* What of its options the live half is told; the program behind -- is what is traced. */
static void fill_opts(struct sw_session *s, pid_t program, struct sw_live_opts *o)
{
	if (program) {
		s->filters.pids[0] = program;
		s->filters.n_pids = 1;
		s->filters.filter.by_pid = 1;
		s->filters.filter.follow = 1;
	}
	*o = (struct sw_live_opts){
		.filters = &s->filters,
		.program = program,
		.hooks = s->filters.asked ? s->filters.asked : ALL_HOOKS,
		.force = s->force,
		.ring_bytes = s->ring_bytes,
		.stacks = s->stacks,
	};
}

/* What a burst needed goes back to the kernel when it is freed.  Left to itself glibc keeps as
 * much as the largest piece that was ever freed, and twice that at the end of its heap. */
static void keep_no_memory(void)
{
	mallopt(M_MMAP_THRESHOLD, LARGE_PIECE);
}

/* All that is open while it runs; each part is NULL, or all zeros, until it is. */
struct running {
	struct sw_session *s;
	const struct sw_consumer_maker *maker;
	void *arg;
	struct sw_trace_info info;
	struct sw_kernel kernel;
	struct sw_live *live;
	struct sw_helper *helper;
	struct sw_symbols *symbols;
	struct sw_stacks *stacks;
	struct sw_consumer consumer;
	struct sw_pump *pump;
	struct sw_child child;
	struct sw_ending ending;
};

/* Loads and attaches.  A signal that came meanwhile ends it in its own way: *status. */
static int open_live(struct running *r, int *status)
{
	struct sw_live_opts opts;
	int err, early;

	allow_descriptors();
	r->s->program = r->child.pid;
	fill_opts(r->s, r->child.pid, &opts);
	err = sw_kernel__look(&r->kernel, r->s->btf);
	if (!err)
		err = sw_live__open(&r->kernel, &opts, &r->live);
	early = err ? sw_ending__early() : 0;
	if (early)
		*status = SW_EXIT_BY(early);
	if (err)
		return err;
	if (r->kernel.hidden)
		sw_note("the kernel hides its addresses: who was woken and why is not all told "
			"(sockwake doctor)");
	sw_kernel__forget_types(&r->kernel);
	sw_live__info(r->live, &r->info);
	if (r->s->verbose)
		sw_loaded__show(&r->info);
	return 0;
}

/* From the live trace to whoever takes it.  Returns 0, or -1 after having told the user. */
static int open_pump(struct running *r)
{
	int err;

	if (r->s->stacks && open_stacks(r->s, r->helper, &r->symbols, &r->stacks))
		return -1;
	err = r->maker->make(r->arg, &r->info, sw_live__tells(r->live), r->stacks, &r->consumer);
	errno = -err;
	r->pump = err ? NULL : sw_pump__new(r->live, &r->info, &r->consumer);
	if (!r->pump) {
		if (!err || err == -ENOMEM)
			sw_error("cannot begin: %s", strerror(err ? -err : errno));
		return -1;
	}
	if (r->stacks && sw_pump__name_stacks(r->pump, r->symbols, r->stacks)) {
		sw_error("out of memory");
		return -1;
	}
	return 0;
}

/* Traces until it is over; *ran: the program was let go. */
static int pump(struct running *r, char **program, int own_failure, bool *ran)
{
	int err, status = own_failure;

	sw_signals__ready();
	r->ending.live = r->live;
	sw_patience__ask(sw_ending__is_out, &r->ending);
	err = begin(r->s, r->pump, &r->ending, program, &status);
	*ran = !err || (sw_no_reader(err) && r->child.pid && r->child.go_fd < 0);
	if (!*ran)
		return status;
	if (!err)
		err = sw_pump__run(r->pump, r->s->duration_ns, &r->ending);
	if (r->symbols)
		sw_symbols__tell(r->symbols);
	if (!err && r->child.pid && !r->ending.over)
		sw_note("--max-size is reached: the trace has ended, and the program goes on");
	r->s->reader_gone = program && sw_no_reader(err);
	return err ? own_failure : SW_EXIT_OK;
}

static void close_all(struct running *r)
{
	sw_pump__free(r->pump);
	if (r->maker->unmake)
		r->maker->unmake(r->arg);
	sw_stacks__free(r->stacks);
	sw_symbols__free(r->symbols);
	sw_helper__end(r->helper);
	sw_live__free(r->live);
	sw_kernel__free(&r->kernel);
	sw_newfile__free(&r->s->ready);
}

int sw_session__run(struct sw_session *s, char **program,
		    const struct sw_consumer_maker *maker, void *arg)
{
	const int own_failure = program ? SW_EXIT_OWN : SW_EXIT_USAGE;
	struct running r = {
		.s = s,
		.maker = maker,
		.arg = arg,
		.info.version = SW_VERSION,
		.ending = {
			.child = &r.child,
			.kill_after_ns = s->kill_after_ns ? s->kill_after_ns : KILL_AFTER_NS,
		},
	};
	int status = own_failure;
	bool ran = false;

	keep_no_memory();
	if (sw_caps__check() || (program && start_program(s, &r.child, program)))
		return own_failure;
	if (start_helper(s, &r.helper)) {
		sw_child__dismiss(&r.child, own_failure);
		return own_failure;
	}
	/* Until here a signal ends it whatever it waits for. */
	sw_watchdog__start();
	sw_watchdog__program(s->beside ? 0 : r.child.pid);
	sw_signals__catch(program != NULL);
	if (!open_live(&r, &status) && !open_pump(&r))
		status = pump(&r, program, own_failure, &ran);
	sw_child__dismiss(&r.child, status);
	close_all(&r);
	if (program && ran) {
		/* Also where writing failed: that is not the program's fault. */
		int by_program = sw_ending__wait(&r.ending);

		if (status == SW_EXIT_OK || s->reader_gone)
			status = by_program;
	}
	sw_patience__ask(NULL, NULL);
	sw_ending__free(&r.ending);
	return status;
}
