/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "cmd/signals.h"

#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <time.h>

#include "base/clock.h"

#define TICK_NS	 50000000l
#define SAME_NS	 100000000ull /* what comes again within this came by two ways */
#define SIG_TICK SIGRTMIN

/* Those whose dispositions are changed here. */
static const int ours[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGXFSZ, SIGCHLD};
#define N_OURS (sizeof(ours) / sizeof(*ours))

/* A handler has no argument of ours. */
static struct {
	struct sigaction had[N_OURS], had_tick;
	sigset_t mask;
	timer_t ticker;
	bool ticks; /* there is a timer */
	volatile sig_atomic_t ready;
	volatile sig_atomic_t first; /* the signal that came first; 0: none did */
	struct {
		volatile sig_atomic_t times, terminal;
		volatile uint64_t at;
		unsigned int taken;
	} of[32];
} signals;

void sw_signals__keep(void)
{
	for (size_t i = 0; i < N_OURS; i++)
		sigaction(ours[i], NULL, &signals.had[i]);
	sigaction(SIG_TICK, NULL, &signals.had_tick);
	sigprocmask(SIG_SETMASK, NULL, &signals.mask);
	signal(SIGXFSZ, SIG_IGN);
}

void sw_signals__give_back(void)
{
	for (size_t i = 0; i < N_OURS; i++)
		sigaction(ours[i], &signals.had[i], NULL);
	sigaction(SIG_TICK, &signals.had_tick, NULL);
	sigprocmask(SIG_SETMASK, &signals.mask, NULL);
}

static bool was_ignored(int sig)
{
	for (size_t i = 0; i < N_OURS; i++)
		if (ours[i] == sig)
			return signals.had[i].sa_handler == SIG_IGN;
	return false;
}

/* Before all is ready it fires once: to load programs is not to be interrupted. */
static void tick(void)
{
	static const struct itimerspec ticking = {{0, TICK_NS}, {0, TICK_NS}};
	static const struct itimerspec once = {{0, 0}, {1, 500000000}};

	if (signals.ticks)
		timer_settime(signals.ticker, 0, signals.ready ? &ticking : &once, NULL);
}

static void on_signal(int sig, siginfo_t *info, void *context)
{
	const uint64_t now = sw_clock_ns(CLOCK_MONOTONIC);
	const bool terminal = info->si_code == SI_KERNEL;

	(void)context;
	/* A job in the background of a script is not what the key was pressed for. */
	if (terminal && was_ignored(sig))
		return;
	if (!signals.first || signals.ready)
		tick();
	if (!signals.first)
		signals.first = sig;
	if (!signals.of[sig].times || now - signals.of[sig].at > SAME_NS)
		signals.of[sig].times++;
	signals.of[sig].terminal = terminal;
	signals.of[sig].at = now;
}

/* That a call was interrupted is all that it is for, once somebody looks. */
static void on_tick(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)info;
	(void)context;
	if (signals.ready || !signals.first)
		return;
	signal(signals.first, SIG_DFL);
	raise(signals.first);
}

static void handle(int sig, void (*how)(int sig, siginfo_t *info, void *context))
{
	/* No SA_RESTART: see signals.h. */
	struct sigaction act = {.sa_sigaction = how, .sa_flags = SA_SIGINFO};
	sigset_t set;

	sigemptyset(&act.sa_mask);
	sigaction(sig, &act, NULL);
	sigemptyset(&set);
	sigaddset(&set, sig);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

void sw_signals__catch(bool quit)
{
	struct sigevent tick = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIG_TICK};

	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
	handle(SIG_TICK, on_tick);
	signals.ticks = !timer_create(CLOCK_MONOTONIC, &tick, &signals.ticker);
	handle(SIGINT, on_signal);
	handle(SIGTERM, on_signal);
	if (!was_ignored(SIGHUP))
		handle(SIGHUP, on_signal);
	if (quit && !was_ignored(SIGQUIT))
		handle(SIGQUIT, on_signal);
}

void sw_signals__ready(void)
{
	signals.ready = 1;
	if (signals.first)
		tick();
}

bool sw_signals__take(int sig, struct sw_signal *out)
{
	const unsigned int times = (unsigned int)signals.of[sig].times;

	if (times == signals.of[sig].taken)
		return false;
	out->times = times - signals.of[sig].taken;
	out->at = signals.of[sig].at;
	out->terminal = signals.of[sig].terminal;
	signals.of[sig].taken = times;
	return true;
}

void sw_signals__die(int sig)
{
	sigset_t set;

	prctl(PR_SET_DUMPABLE, 0);
	signal(sig, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, sig);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	raise(sig);
}
