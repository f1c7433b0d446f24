// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Which rung is taken, on kernels that are made up. */
#include "kernels.h"
#include "test.h"

#include "live/ladder.h"

#define ALL ((1u << SW_HOOK_COUNT) - 1)
#define AUTO SW_RUNG_NONE

static void test_not_preemptible(void **state)
{
	struct sw_kernel k = kernel(true, true, SW_PREEMPT_NONE);
	struct sw_plan p;

	(void)state;
	has_tracepoints = true;
	sw_plan__make(&p, &k, ALL, 0, AUTO);
	assert_int_equal(p.hooks[SW_HOOK_DEF_READABLE].rung, SW_RUNG_FENTRY);
	assert_true(p.hooks[SW_HOOK_DEF_READABLE].exact);
	assert_string_equal(p.hooks[SW_HOOK_DEF_READABLE].lost, "");
	/* BTF does not know it: the next rung */
	assert_int_equal(p.hooks[SW_HOOK_UNIX_WRITE_SPACE].rung, SW_RUNG_KPROBE);
	/* cheap enough to be on */
	assert_true(p.hooks[SW_HOOK_WFREE].wanted);
	assert_int_equal(p.chosen, SW_HOOK_COUNT);
}

static void test_preemptible(void **state)
{
	static const enum sw_preempt modes[] = {SW_PREEMPT_FULL, SW_PREEMPT_RT, SW_PREEMPT_UNKNOWN};
	struct sw_plan p;
	size_t i;

	(void)state;
	has_tracepoints = true;
	for (i = 0; i < 3; i++) {
		struct sw_kernel k = kernel(true, true, modes[i]);

		sw_plan__make(&p, &k, ALL, 0, AUTO);
		assert_int_equal(p.hooks[SW_HOOK_DEF_READABLE].rung, SW_RUNG_KPROBE);
		assert_true(p.hooks[SW_HOOK_DEF_READABLE].exact);
		/* a kprobe for each packet: only when asked for */
		assert_false(p.hooks[SW_HOOK_WFREE].wanted);
		sw_plan__make(&p, &k, ALL, 1u << SW_HOOK_WFREE, AUTO);
		assert_true(p.hooks[SW_HOOK_WFREE].wanted);
		/* forced: what is lost is told */
		sw_plan__make(&p, &k, ALL, 0, SW_RUNG_FENTRY);
		assert_int_equal(p.hooks[SW_HOOK_DEF_READABLE].rung, SW_RUNG_FENTRY);
		assert_false(p.hooks[SW_HOOK_DEF_READABLE].exact);
		assert_string_not_equal(p.hooks[SW_HOOK_DEF_READABLE].lost, "");
	}
}

static void test_tracepoints_only(void **state)
{
	struct sw_kernel k = kernel(false, false, SW_PREEMPT_NONE);
	struct sw_plan p;

	(void)state;
	has_tracepoints = true;
	sw_plan__make(&p, &k, ALL, 0, AUTO);
	assert_int_equal(p.hooks[SW_HOOK_DEF_READABLE].rung, SW_RUNG_TRACEPOINT);
	assert_string_equal(p.hooks[SW_HOOK_DEF_READABLE].target, "sk_data_ready");
	assert_true(p.hooks[SW_HOOK_DEF_READABLE].exact);
	assert_false(p.hooks[SW_HOOK_DEF_WAKEUP].exact);
	assert_int_equal(p.hooks[SW_HOOK_WAKE_ASYNC].rung, SW_RUNG_NONE);
	assert_string_not_equal(p.hooks[SW_HOOK_WAKE_ASYNC].advice, "");
	/* ... and who was woken, runs, waits and takes. */
	assert_int_equal(p.chosen, 8);
	assert_int_equal(p.useful, 4);
	assert_false(p.exits);
	assert_false(p.hooks[SW_HOOK_WOKEN].exact);
}

/* Names without addresses: what needs those says so. */
static void test_hidden(void **state)
{
	struct sw_kernel k = kernel(false, false, SW_PREEMPT_NONE);
	struct sw_plan p;

	(void)state;
	has_tracepoints = true;
	k.hidden = true;
	sw_plan__make(&p, &k, ALL, 0, AUTO);
	assert_int_equal(p.chosen, 8);
	assert_non_null(strstr(p.hooks[SW_HOOK_WOKEN].lost, "nothing, as the kernel hides"));
	assert_non_null(strstr(p.hooks[SW_HOOK_WAIT].lost, "poll"));
	assert_non_null(strstr(p.hooks[SW_HOOK_WOKEN].advice, "CAP_SYSLOG"));
	assert_false(p.hooks[SW_HOOK_RUN].exact);
	assert_true(p.hooks[SW_HOOK_DEF_READABLE].exact);
	/* Perf's events are refused: fentry is to be had all the same. */
	k = kernel(false, true, SW_PREEMPT_NONE);
	k.kprobes_refused = true;
	sw_plan__make(&p, &k, ALL, 0, AUTO);
	assert_int_equal(p.hooks[SW_HOOK_DEF_READABLE].rung, SW_RUNG_FENTRY);
	assert_non_null(strstr(p.hooks[SW_HOOK_DEF_READABLE].why_not[SW_RUNG_KPROBE],
			       "perf_event_paranoid"));
	k = kernel(true, true, SW_PREEMPT_NONE);
	k.hidden = true;
	sw_plan__make(&p, &k, ALL, 0, AUTO);
	assert_non_null(strstr(p.hooks[SW_HOOK_WOKEN].lost, "not by what way"));
	assert_false(p.hooks[SW_HOOK_WOKEN].exact);
}

static void test_nothing(void **state)
{
	struct sw_kernel k = kernel(false, false, SW_PREEMPT_NONE);
	struct sw_plan p;

	(void)state;
	has_tracepoints = false;
	sw_plan__make(&p, &k, ALL, 0, AUTO);
	assert_int_equal(p.useful, 0);
	has_tracepoints = true;
	sw_plan__make(&p, &k, ALL, 0, SW_RUNG_KPROBE);
	assert_int_equal(p.useful, 0);
	/* Waits make a trace by themselves, for those who ask for them. */
	sw_plan__make(&p, &k, 1u << SW_HOOK_WAIT, 1u << SW_HOOK_WAIT, AUTO);
	assert_int_equal(p.useful, 1);
}

static void test_inlined(void **state)
{
	struct sw_kernel k = kernel(true, false, SW_PREEMPT_NONE);
	struct sw_plan p;

	(void)state;
	has_tracepoints = false;
	sw_plan__make(&p, &k, ALL, 0, AUTO);
	assert_string_equal(p.hooks[SW_HOOK_ACCEPT].target, "inet_csk_accept");
	/* a copy with other arguments: by its own name, and no fentry */
	k.trampolines = true;
	strcpy(k.syms[SW_HOOK_DEF_WAKEUP].found, "sock_def_wakeup.isra.0");
	sw_plan__make(&p, &k, ALL, 0, AUTO);
	assert_int_equal(p.hooks[SW_HOOK_DEF_WAKEUP].rung, SW_RUNG_KPROBE);
	assert_string_equal(p.hooks[SW_HOOK_DEF_WAKEUP].target, "sock_def_wakeup.isra.0");
}

static void test_demote(void **state)
{
	struct sw_kernel k = kernel(true, true, SW_PREEMPT_NONE);
	struct sw_plan p;

	(void)state;
	has_tracepoints = false;
	sw_plan__make(&p, &k, 1u << SW_HOOK_DEF_READABLE, 0, AUTO);
	assert_int_equal(p.chosen, 1);
	sw_plan__demote(&p, &k, SW_HOOK_DEF_READABLE, AUTO, "refused");
	assert_int_equal(p.hooks[SW_HOOK_DEF_READABLE].rung, SW_RUNG_KPROBE);
	assert_string_equal(p.hooks[SW_HOOK_DEF_READABLE].why_not[SW_RUNG_FENTRY], "refused");
	assert_int_equal(p.chosen, 1);
	sw_plan__demote(&p, &k, SW_HOOK_DEF_READABLE, AUTO, "refused");
	assert_int_equal(p.hooks[SW_HOOK_DEF_READABLE].rung, SW_RUNG_NONE);
	assert_int_equal(p.chosen, 0);
	/* One that is attached for others' sake alone is not one less. */
	sw_plan__make(&p, &k, 1u << SW_HOOK_DEF_READABLE, 0, AUTO);
	for (int i = 0; i < 2; i++)
		sw_plan__demote(&p, &k, SW_HOOK_RCU_DESTRUCT, AUTO, "refused");
	assert_int_equal(p.hooks[SW_HOOK_RCU_DESTRUCT].rung, SW_RUNG_NONE);
	assert_int_equal(p.chosen, 1);
	assert_int_equal(p.useful, 1);
}

#define ACCEPT(p) (&(p)->hooks[SW_HOOK_ACCEPT])

static struct sw_kernel own_accept(bool kprobes, bool trampolines, enum sw_preempt preempt)
{
	struct sw_kernel k = kernel(kprobes, trampolines, preempt);

	strcpy(k.syms[SW_SYM_inet_csk_wait_for_connect].found, "inet_csk_wait_for_connect");
	k.io_lengths = true;
	k.fexit_sleeps = true;
	return k;
}

/* accept's own function, and inet_csk_accept() beside it, by the rungs given. */
static void assert_own(const struct sw_plan *p, enum sw_rung rung, enum sw_rung calls)
{
	assert_int_equal(ACCEPT(p)->rung, rung);
	assert_string_equal(ACCEPT(p)->target, "inet_csk_wait_for_connect");
	assert_int_equal(p->accept_calls, calls);
}

static void assert_by_caller(const struct sw_plan *p, enum sw_rung rung)
{
	assert_int_equal(ACCEPT(p)->rung, rung);
	assert_string_equal(ACCEPT(p)->target, "inet_csk_accept");
	assert_int_equal(p->accept_calls, SW_RUNG_NONE);
}

static void test_accept_own(void **state)
{
	struct sw_kernel k = own_accept(true, true, SW_PREEMPT_NONE);
	struct sw_plan p;

	(void)state;
	has_tracepoints = true;
	sw_plan__make(&p, &k, ALL, 0, AUTO);
	assert_own(&p, SW_RUNG_FENTRY, SW_RUNG_FENTRY);
	assert_true(ACCEPT(&p)->exact);
	assert_string_equal(ACCEPT(&p)->lost, "");
	assert_true(sw_plan__calls_by_fexit(&p, &k));
	sw_plan__make(&p, &k, ALL, 0, SW_RUNG_KPROBE);
	assert_own(&p, SW_RUNG_KPROBE, SW_RUNG_KPROBE);
	assert_false(sw_plan__calls_by_fexit(&p, &k));
	sw_plan__make(&p, &k, ALL, 0, SW_RUNG_TRACEPOINT);
	assert_int_equal(ACCEPT(&p)->rung, SW_RUNG_TRACEPOINT);
	assert_int_equal(p.accept_calls, SW_RUNG_NONE);
	k.preempt = SW_PREEMPT_RT;
	sw_plan__make(&p, &k, ALL, 0, AUTO);
	assert_own(&p, SW_RUNG_KPROBE, SW_RUNG_KPROBE);
	/* a copy of the compiler's: by its own name */
	strcpy(k.syms[SW_SYM_inet_csk_wait_for_connect].found,
	       "inet_csk_wait_for_connect.isra.0");
	sw_plan__make(&p, &k, ALL, 0, AUTO);
	assert_string_equal(ACCEPT(&p)->target, "inet_csk_wait_for_connect.isra.0");
	assert_int_equal(p.accept_calls, SW_RUNG_KPROBE);
	/* no caller to see the calls by: the hook cannot have its events */
	k.syms[SW_SYM_inet_csk_accept].found[0] = '\0';
	sw_plan__make(&p, &k, ALL, 0, SW_RUNG_KPROBE);
	assert_int_equal(ACCEPT(&p)->rung, SW_RUNG_NONE);
	assert_int_equal(p.accept_calls, SW_RUNG_NONE);
}

/* The function is there, but BTF does not know it: only a kprobe can be on it. */
static void test_accept_only_kallsyms(void **state)
{
	struct sw_kernel k = own_accept(true, true, SW_PREEMPT_NONE);
	struct sw_plan p;

	(void)state;
	has_tracepoints = true;
	not_in_btf = "inet_csk_wait_for_connect";
	sw_plan__make(&p, &k, ALL, 0, AUTO);
	assert_own(&p, SW_RUNG_KPROBE, SW_RUNG_FENTRY);
	/* calls end as cheaply as they would */
	assert_true(sw_plan__calls_by_fexit(&p, &k));
	sw_plan__make(&p, &k, ALL, 0, SW_RUNG_FENTRY);
	assert_by_caller(&p, SW_RUNG_FENTRY);
	sw_plan__make(&p, &k, ALL, 0, SW_RUNG_KPROBE);
	assert_own(&p, SW_RUNG_KPROBE, SW_RUNG_KPROBE);
	k.kprobe_type = -1;
	sw_plan__make(&p, &k, ALL, 0, AUTO);
	assert_by_caller(&p, SW_RUNG_FENTRY);
	not_in_btf = "unix_write_space";
}

static void test_accept_refused(void **state)
{
	struct sw_kernel k = own_accept(true, true, SW_PREEMPT_NONE);
	unsigned int chosen;
	struct sw_plan p;

	(void)state;
	has_tracepoints = false;
	sw_plan__make(&p, &k, ALL, 0, SW_RUNG_KPROBE);
	chosen = p.chosen;
	sw_plan__demote(&p, &k, SW_HOOK_ACCEPT, SW_RUNG_KPROBE, "refused");
	assert_by_caller(&p, SW_RUNG_KPROBE);
	assert_true(ACCEPT(&p)->available[SW_RUNG_KPROBE]);
	assert_int_equal(p.chosen, chosen);
	sw_plan__demote(&p, &k, SW_HOOK_ACCEPT, SW_RUNG_KPROBE, "refused");
	assert_int_equal(ACCEPT(&p)->rung, SW_RUNG_NONE);
	assert_string_equal(ACCEPT(&p)->why_not[SW_RUNG_KPROBE], "refused");
	assert_int_equal(p.chosen, chosen - 1);
	/* auto: the function itself by any rung, before another one in its place */
	sw_plan__make(&p, &k, ALL, 0, AUTO);
	assert_own(&p, SW_RUNG_FENTRY, SW_RUNG_FENTRY);
	sw_plan__demote(&p, &k, SW_HOOK_ACCEPT, AUTO, "refused");
	assert_own(&p, SW_RUNG_KPROBE, SW_RUNG_FENTRY);
	sw_plan__demote(&p, &k, SW_HOOK_ACCEPT, AUTO, "refused");
	assert_by_caller(&p, SW_RUNG_FENTRY);
	sw_plan__demote(&p, &k, SW_HOOK_ACCEPT, AUTO, "refused");
	assert_by_caller(&p, SW_RUNG_KPROBE);
}

/* Accept by tracepoints: whole for those who name it, cheap for the others. */
static void test_accept_asked(void **state)
{
	struct sw_kernel k = kernel(false, false, SW_PREEMPT_UNKNOWN);
	struct sw_plan p;

	(void)state;
	has_tracepoints = true;
	k.task_regs = true;
	sw_plan__make(&p, &k, ALL, 0, AUTO);
	assert_string_equal(p.hooks[SW_HOOK_ACCEPT].target, "sched_switch");
	assert_false(p.hooks[SW_HOOK_ACCEPT].exact);
	sw_plan__make(&p, &k, ALL, 1u << SW_HOOK_ACCEPT, AUTO);
	assert_string_equal(p.hooks[SW_HOOK_ACCEPT].target, "sys_enter");
	assert_true(p.hooks[SW_HOOK_ACCEPT].exact);
	/* The scheduler cannot tell what a task is in: only the dear way is left. */
	k.task_regs = false;
	sw_plan__make(&p, &k, ALL, 0, AUTO);
	assert_string_equal(p.hooks[SW_HOOK_ACCEPT].target, "sys_enter");
}

/* The ends of calls by their functions' exits, unless one might be missed. */
static void test_call_ends(void **state)
{
	struct sw_kernel k = kernel(true, true, SW_PREEMPT_NONE);
	struct sw_plan p;

	(void)state;
	has_tracepoints = true;
	k.io_lengths = true;
	k.fexit_sleeps = true;
	sw_plan__make(&p, &k, ALL, 0, AUTO);
	assert_true(sw_plan__calls_by_fexit(&p, &k));
	assert_string_equal(p.hooks[SW_HOOK_IO].lost, "of calls that did not sleep only the end");
	assert_true(p.hooks[SW_HOOK_IO].exact);
	sw_plan__demote(&p, &k, SW_HOOK_ACCEPT, AUTO, "refused");
	assert_false(sw_plan__calls_by_fexit(&p, &k));
	assert_string_equal(p.hooks[SW_HOOK_IO].lost, "");
	assert_string_equal(p.hooks[SW_HOOK_IO].advice, "");
	sw_plan__make(&p, &k, ALL, 0, SW_RUNG_KPROBE);
	assert_false(sw_plan__calls_by_fexit(&p, &k));
	k.preempt = SW_PREEMPT_FULL;
	sw_plan__make(&p, &k, ALL, 0, SW_RUNG_FENTRY);
	assert_false(sw_plan__calls_by_fexit(&p, &k));
	k.preempt = SW_PREEMPT_NONE;
	k.fexit_sleeps = false;
	sw_plan__make(&p, &k, ALL, 0, AUTO);
	assert_false(sw_plan__calls_by_fexit(&p, &k));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_not_preemptible),	 cmocka_unit_test(test_preemptible),
		cmocka_unit_test(test_tracepoints_only),
		cmocka_unit_test(test_hidden), cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_inlined),		 cmocka_unit_test(test_demote),
		cmocka_unit_test(test_accept_asked),	 cmocka_unit_test(test_call_ends),
		cmocka_unit_test(test_accept_own),	 cmocka_unit_test(test_accept_only_kallsyms),
		cmocka_unit_test(test_accept_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
