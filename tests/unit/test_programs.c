// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Which programs are chosen, on kernels that are made up. */
#include "kernels.h"
#include "test.h"

#include "live/programs.h"

#define ALL ((1u << SW_HOOK_COUNT) - 1)

static const struct sw_filter no_filter;
static const struct sw_filter by_pid = { .by_pid = 1 };

/* A kernel, what is asked of it, and what is chosen. */
struct choice {
	struct sw_kernel k;
	uint32_t mask, asked; /* hooks */
	enum sw_rung force;
	struct sw_asked options;
	struct sw_plan plan;
	struct sw_needs needs;
	struct sw_programs programs;
};

static struct choice choice(bool kprobes, bool trampolines, enum sw_preempt preempt)
{
	struct choice c = {
		.k = kernel(kprobes, trampolines, preempt),
		.mask = ALL,
		.force = SW_RUNG_NONE,
		.options.filter = &no_filter,
	};

	has_tracepoints = true;
	strcpy(c.k.arch, "x86_64");
	c.k.preempt_count = 1;
	c.k.packets = c.k.task_regs = c.k.fexit_sleeps = true;
	return c;
}

static void choose(struct choice *c)
{
	sw_plan__make(&c->plan, &c->k, c->mask, c->asked, c->force);
	sw_needs__decide(&c->needs, &c->k, &c->plan, &c->options);
	sw_programs__choose(&c->programs, &c->k, &c->plan, &c->needs);
}

static const struct sw_program *chosen(const struct choice *c, enum sw_prog id)
{
	for (unsigned int i = 0; i < c->programs.n; i++)
		if (c->programs.list[i].id == id)
			return &c->programs.list[i];
	return NULL;
}

#define HAS(c, name) (chosen(c, SW_PROG_##name) != NULL)

/* What must hold of any choice. */
static void check(const struct choice *c)
{
	bool counted[SW_HOOK_COUNT] = { 0 }, seen[SW_PROG_COUNT] = { 0 };
	unsigned int later = 0;

	for (unsigned int i = 0; i < c->programs.n; i++) {
		const struct sw_program *p = &c->programs.list[i];
		const char *name = sw_prog_name(p->id);

		/* Each once, and only if the kernel can have it. */
		assert_true(p->id < SW_PROG_COUNT);
		assert_false(seen[p->id]);
		seen[p->id] = true;
		assert_true(c->k.casts || !strstr(name, "_cast"));
		assert_true(!p->kprobe == !strstr(name, "kprobe") || p->exit);
		assert_true(!p->kprobe || (*p->kprobe && c->k.kprobe_type >= 0));
		assert_true(p->exit == !strncmp(name, "kretprobe", strlen("kretprobe")));
		assert_true((strncmp(name, "fentry", 6) && strncmp(name, "fexit", 5)) ||
			    c->k.trampolines);
		later += p->later;
		/* Its losses are in the ledger of a hook that is traced. */
		if (p->loser != SW_HOOK_COUNT)
			assert_true(c->needs.traces[p->loser]);
		if (p->counted == SW_HOOK_COUNT)
			continue;
		assert_true(c->needs.traces[p->counted]);
		assert_false(counted[p->counted]);
		counted[p->counted] = true;
	}
	assert_true(later <= 1);
	/* Each hook that is traced by a program of its own has one whose hits are counted. */
	for (int hook = 0; hook < SW_HOOK_COUNT; hook++)
		if (!sw_hook_is_told(hook) &&
		    !(hook == SW_HOOK_ACCEPT && c->needs.accept_sleeps))
			assert_int_equal(counted[hook], c->needs.traces[hook]);
}

/* Every kernel that may be, and everything that may be asked of it: no program is left that
 * nothing ever chooses, but the one that is always there. */
static void test_every_program_has_a_use(void **state)
{
	static const uint32_t masks[] = { ALL, 1u << SW_HOOK_ACCEPT, 1u << SW_HOOK_DEF_READABLE };
	bool used[SW_PROG_COUNT] = { 0 };

	(void)state;
	for (unsigned int bits = 0; bits < 1u << 12; bits++)
		for (unsigned int m = 0; m < ARRAY_SIZE(masks); m++) {
			const bool kprobes = bits & 1, trampolines = bits & 2;
			struct choice c = choice(kprobes, trampolines,
						 bits & 4 ? SW_PREEMPT_FULL : SW_PREEMPT_NONE);

			c.k.casts = bits & 8;
			c.k.io_lengths = bits & 16;
			c.k.cookies = bits & 32;
			c.k.preempt_count = bits & 64 ? 1 : 0;
			if (bits & 128)
				strcpy(c.k.syms[SW_SYM_inet_csk_wait_for_connect].found,
				       "inet_csk_wait_for_connect");
			if (bits & 256)
				c.asked = c.mask;
			c.options = (struct sw_asked){
				.filter = bits & 512 ? &by_pid : &no_filter,
				.program = bits & 1024,
				.pidns = bits & 2048,
			};
			c.mask = masks[m];
			accept_args = bits & 16 ? 2 : 4;
			not_in_btf = bits & 128 ? "nothing" : "inet_csk_wait_for_connect";
			choose(&c);
			check(&c);
			for (unsigned int i = 0; i < c.programs.n; i++)
				used[c.programs.list[i].id] = true;
		}
	for (int id = 0; id < SW_PROG_COUNT; id++)
		if (!used[id] && id != SW_PROG_inspect)
			fail_row((unsigned int)id, "%s is never chosen", sw_prog_name(id));
	assert_false(used[SW_PROG_inspect]);
}

static void test_kprobes(void **state)
{
	struct choice c = choice(true, false, SW_PREEMPT_FULL);
	const struct sw_program *p;

	(void)state;
	choose(&c);
	p = chosen(&c, SW_PROG_kprobe_sock_def_readable);
	assert_non_null(p);
	assert_string_equal(p->kprobe, "sock_def_readable");
	assert_int_equal(p->counted, SW_HOOK_DEF_READABLE);
	assert_int_equal(p->fails, SW_HOOK_DEF_READABLE);
	/* Its exit is there before it, as a frame that is opened must be closed. */
	assert_true(chosen(&c, SW_PROG_kretprobe_sock_def_readable) < p);
	assert_true(HAS(&c, kretprobe_sock_def_readable));
	/* All calls are traced, and what preempted tasks end is seen a second time. */
	assert_true(HAS(&c, call_sys_exit) && HAS(&c, call_sys_exit_again));
	assert_int_equal(chosen(&c, SW_PROG_call_sys_exit)->loser, SW_HOOK_COUNT);
	assert_true(HAS(&c, kprobe_tcp_rcv_state_process));
	assert_false(HAS(&c, kprobe_security_file_receive) || HAS(&c, family_fork));
}

/* Where it is not preemptible, and since 6.3: nothing that every call would pay for. */
static void test_fentry(void **state)
{
	struct choice c = choice(true, true, SW_PREEMPT_NONE);

	(void)state;
	c.k.io_lengths = c.k.casts = true;
	choose(&c);
	assert_true(HAS(&c, fentry_cast_sock_def_readable) && HAS(&c, sched_switch_cast));
	assert_false(HAS(&c, fentry_sock_def_readable) || HAS(&c, sched_switch));
	assert_false(HAS(&c, call_sys_enter) || HAS(&c, call_sys_exit));
	assert_true(HAS(&c, fexit_call_epoll_wait) && HAS(&c, io_recv));
	assert_false(HAS(&c, fexit_call_socket)); /* whose it is does not matter */
	/* The two ends of accept go together: without one, all calls are traced. */
	assert_int_equal(chosen(&c, SW_PROG_fexit_call_accept)->fails, SW_HOOK_ACCEPT);
}

/* By tracepoints alone: no system calls, unless somebody asks for accept by name. */
static void test_tracepoints(void **state)
{
	struct choice c = choice(false, false, SW_PREEMPT_NONE);

	(void)state;
	c.k.io_lengths = true;
	choose(&c);
	assert_true(HAS(&c, tp_sock_def_readable) && HAS(&c, sched_waking));
	assert_false(HAS(&c, call_sys_enter) || HAS(&c, call_sys_exit) || HAS(&c, wait_sys_enter));
	assert_false(HAS(&c, packet_queued) && !chosen(&c, SW_PROG_packet_queued)->later);
	c.asked = 1u << SW_HOOK_ACCEPT;
	choose(&c);
	assert_true(HAS(&c, wait_sys_enter) && HAS(&c, call_sys_exit));
}

/* Certain processes: those that are born and die, and the sockets that they are given. */
static void test_by_pid(void **state)
{
	struct choice c = choice(true, false, SW_PREEMPT_NONE);

	(void)state;
	c.options.filter = &by_pid;
	choose(&c);
	assert_true(HAS(&c, family_fork) && HAS(&c, family_free));
	assert_false(HAS(&c, family_exit) || HAS(&c, family_signal));
	assert_true(HAS(&c, kprobe_security_file_receive));
	c.options.pidns = c.options.program = true;
	choose(&c);
	assert_true(HAS(&c, family_exit) && HAS(&c, family_signal));
}

/* Where accept's own function is one, its caller is watched beside it, and counts. */
static void test_accept(void **state)
{
	struct choice c = choice(true, false, SW_PREEMPT_NONE);

	(void)state;
	choose(&c);
	assert_int_equal(chosen(&c, SW_PROG_kprobe_inet_csk_accept)->counted, SW_HOOK_ACCEPT);
	strcpy(c.k.syms[SW_SYM_inet_csk_wait_for_connect].found, "inet_csk_wait_for_connect");
	choose(&c);
	assert_int_equal(chosen(&c, SW_PROG_kprobe_inet_csk_wait_for_connect)->counted, SW_HOOK_COUNT);
	assert_int_equal(chosen(&c, SW_PROG_kprobe_inet_csk_accept)->counted, SW_HOOK_ACCEPT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_program_has_a_use),
		cmocka_unit_test(test_kprobes),
		cmocka_unit_test(test_fentry),
		cmocka_unit_test(test_tracepoints),
		cmocka_unit_test(test_by_pid),
		cmocka_unit_test(test_accept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
