/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "cmd/ending.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "cmd/cmd.h"
#include "cmd/signals.h"
#include "cmd/watchdog.h"

#define PASS_NS	    20000000ull	 /* until it is known who else got a signal */
#define TOGETHER_NS 100000000ull /* signals of one cause are no further apart */
#define PATIENCE_NS 1000000000ull
#define DEATH_NS    300000000ull /* what SIGKILL takes, but where the kernel itself hangs */
#define OTHERS_MAX  1024
#define LOOK_MS	    20
#define SLEEP_MS    250

static const int caught[SW_ENDING_SIGNALS] = {SIGINT, SIGQUIT, SIGTERM, SIGHUP};

int sw_ending__early(void)
{
	struct sw_signal s;

	for (int i = 0; i < SW_ENDING_SIGNALS; i++)
		if (sw_signals__take(caught[i], &s))
			return caught[i];
	return 0;
}

static bool ours(const struct sw_ending *e)
{
	return e->child->pid && !e->child->started && !e->child_over;
}

static void ask(struct sw_ending *e, uint64_t at)
{
	sw_watchdog__ending();
	if (e->asked_at)
		e->hurried = true;
	else
		e->asked_at = at;
}

static void kill_at(struct sw_ending *e, uint64_t at)
{
	if (!e->killed_at && (!e->kill_at || at < e->kill_at))
		e->kill_at = at;
}

/* --- the program and those that it started --- */

static void add_other(void *arg, pid_t pid)
{
	struct sw_ending *e = arg;
	int fd;

	if (e->n_others == OTHERS_MAX || pid == e->child->pid || getpgid(pid) != getpgid(0))
		return;
	fd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (fd >= 0)
		e->others[e->n_others++] = fd;
}

/* Those in our process group, as timeout(1) does: who left it is to outlive the program. */
static void find_others(struct sw_ending *e)
{
	if (e->others || !e->live)
		return;
	e->others = calloc(OTHERS_MAX, sizeof(*e->others));
	if (e->others)
		sw_live__each_pid(e->live, add_other, e);
}

static void end_all(struct sw_ending *e, int sig)
{
	find_others(e);
	/* Those that have lost their parent by it are ours to wait for. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	kill(e->child->pid, sig);
	for (unsigned int i = 0; i < e->n_others; i++)
		syscall(SYS_pidfd_send_signal, e->others[i], sig, NULL, 0);
	/* One that is stopped does not see it else. */
	kill(e->child->pid, SIGCONT);
}

/* The program has ended: the others have what is left of its time. */
static void wait_for_others(struct sw_ending *e)
{
	for (unsigned int i = 0; i < e->n_others; i++) {
		struct pollfd end = {.fd = e->others[i], .events = POLLIN};
		uint64_t now = sw_clock_ns(CLOCK_MONOTONIC);

		while (now < e->kill_at && !poll(&end, 1, LOOK_MS)) {
			now = sw_clock_ns(CLOCK_MONOTONIC);
			if (sw_ending__early())
				e->kill_at = now;
		}
		if (now < e->kill_at)
			continue;
		syscall(SYS_pidfd_send_signal, e->others[i], SIGKILL, NULL, 0);
		poll(&end, 1, LOOK_MS);
	}
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

void sw_ending__free(struct sw_ending *e)
{
	while (e->n_others)
		close(e->others[--e->n_others]);
	free(e->others);
	e->others = NULL;
}

/* A line of /proc/PID/status, by scanf(). */
static bool status_of_process(pid_t pid, const char *format, void *value)
{
	char path[64], line[128];
	bool found = false;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	f = fopen(path, "re");
	if (!f)
		return false;
	while (!found && fgets(line, sizeof(line), f))
		found = sscanf(line, format, value) == 1;
	fclose(f);
	return found;
}

static bool ignores(pid_t pid, int sig)
{
	unsigned long long set = 0;

	return status_of_process(pid, "SigIgn: %llx", &set) && set >> (sig - 1) & 1;
}

static void count_left(void *arg, pid_t pid)
{
	struct sw_ending *e = arg;
	char how;

	if (pid != e->child->pid && status_of_process(pid, "State: %c", &how) &&
	    !strchr("ZX", how))
		e->left++;
}

/* --- signals --- */

/* The program was sent it as well: by the terminal, or by whoever sent it to its group. */
static bool got(const struct sw_ending *e, int i)
{
	if (!e->live || !sw_live__watches_signals(e->live))
		return e->pass[i].terminal;
	return sw_live__signalled(e->live, caught[i]) + TOGETHER_NS >= e->pass[i].came;
}

static void pass_on(struct sw_ending *e, int i)
{
	int sig = caught[i];

	if (!got(e, i)) {
		if (e->child->started) {
			/* It was meant for us alone. */
			e->over = true;
			ask(e, e->pass[i].came);
			return;
		}
		/* Who asks us to end it means it. */
		if ((sig == SIGINT || sig == SIGQUIT) && ignores(e->child->pid, sig)) {
			sig = SIGTERM;
			kill_at(e, e->pass[i].came + e->kill_after_ns);
		}
		kill(e->child->pid, sig);
	}
	if (ours(e))
		kill(e->child->pid, SIGCONT);
}

static void on_signal(struct sw_ending *e, int i, const struct sw_signal *s)
{
	const bool interrupt = caught[i] == SIGINT || caught[i] == SIGQUIT;

	if (!e->child->pid || e->child_over || (e->child->started && caught[i] == SIGTERM)) {
		e->over = true;
		ask(e, s->at);
		return;
	}
	e->pass[i].due = s->at + PASS_NS;
	e->pass[i].came = s->at;
	e->pass[i].terminal = s->terminal;
	if (interrupt)
		e->interrupts += s->times;
	if (e->child->started && e->interrupts > 1) {
		e->over = true;
		ask(e, s->at);
	} else if (caught[i] == SIGTERM || (interrupt && e->interrupts > 1)) {
		kill_at(e, e->asked_at ? s->at : s->at + e->kill_after_ns);
		ask(e, s->at);
	}
}

static void look_for_signals(struct sw_ending *e)
{
	struct sw_signal s;

	for (int i = 0; i < SW_ENDING_SIGNALS; i++)
		if (sw_signals__take(caught[i], &s))
			on_signal(e, i, &s);
}

static void do_what_is_due(struct sw_ending *e, uint64_t now)
{
	for (int i = 0; i < SW_ENDING_SIGNALS; i++) {
		if (!e->pass[i].due || now < e->pass[i].due)
			continue;
		e->pass[i].due = 0;
		pass_on(e, i);
	}
	if (!ours(e) || !e->kill_at || now < e->kill_at)
		return;
	e->kill_at = 0;
	e->killed_at = now;
	end_all(e, SIGKILL);
}

void sw_ending__look(struct sw_ending *e)
{
	uint64_t now;

	look_for_signals(e);
	if (!e->child->pid || e->child_over)
		return;
	now = sw_clock_ns(CLOCK_MONOTONIC);
	if (sw_child__ended(e->child, &e->child_status)) {
		e->child_over = e->over = true;
		if (e->live && !e->killed_at)
			sw_live__each_pid(e->live, count_left, e);
		if (e->interrupts && !e->asked_at)
			e->asked_at = now;
		return;
	}
	do_what_is_due(e, now);
	if (e->killed_at && now - e->killed_at > DEATH_NS)
		e->over = true;
}

void sw_ending__limit(struct sw_ending *e)
{
	sw_ending__look(e);
	e->over = true;
	if (!ours(e))
		return;
	e->limit = true;
	kill_at(e, sw_clock_ns(CLOCK_MONOTONIC) + e->kill_after_ns);
	end_all(e, SIGTERM);
}

bool sw_ending__is_out(void *arg, uint64_t since)
{
	struct sw_ending *e = arg;
	uint64_t from;

	sw_ending__look(e);
	if (!e->asked_at)
		return false;
	from = since > e->asked_at ? since : e->asked_at;
	return e->hurried || sw_clock_ns(CLOCK_MONOTONIC) - from > PATIENCE_NS;
}

/* --- the end --- */

static bool in_doubt(const struct sw_ending *e)
{
	for (int i = 0; i < SW_ENDING_SIGNALS; i++)
		if (e->pass[i].due)
			return true;
	return e->kill_at || e->killed_at;
}

static int status_of(const struct sw_ending *e)
{
	if (!e->child_over)
		return SW_EXIT_BY(SIGKILL);
	if (WIFSIGNALED(e->child_status))
		return SW_EXIT_BY(WTERMSIG(e->child_status));
	return WEXITSTATUS(e->child_status);
}

int sw_ending__wait(struct sw_ending *e)
{
	struct pollfd end = {.fd = e->child->pid_fd, .events = POLLIN};

	e->live = NULL;
	sw_ending__look(e);
	while (ours(e) &&
	       (!e->killed_at || sw_clock_ns(CLOCK_MONOTONIC) - e->killed_at < DEATH_NS)) {
		poll(&end, 1, in_doubt(e) || end.fd < 0 ? LOOK_MS : SLEEP_MS);
		sw_ending__look(e);
	}
	wait_for_others(e);
	if (ours(e))
		sw_error("process %d does not end, and is left running", e->child->pid);
	else if (e->killed_at)
		sw_note("process %d did not end when it was asked to, and was killed (see "
			"--kill-after)",
			e->child->pid);
	else if (e->left && !e->limit)
		sw_note("the program has ended; processes that it started and that go on, no "
			"longer "
			"traced: %u",
			e->left);
	return e->limit || !e->child->pid || e->child->started ? SW_EXIT_OK : status_of(e);
}
