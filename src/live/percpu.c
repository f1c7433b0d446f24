/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * BTF tells the offset of each variable in a CPU's area, and a task on the CPU leads to one
 * of them: its sched_entity's cfs_rq belongs to a struct rq, which is `runqueues`.  The
 * difference is where the area begins.  What is found must have the task as its
 * `current_task`, so a layout that is not understood is found out.
 */
#include "live/percpu.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <string.h>
#include <unistd.h>

struct path {
	uint32_t task_cfs_rq; /* from a struct task_struct */
	uint32_t cfs_rq_rq;
	uint32_t runqueues, current_task, preempt_count; /* from an area's begin */
};

/* In bytes; -1: there is no such member. */
static int64_t member_offset(const struct btf *btf, const struct btf_type *t, const char *name)
{
	unsigned int i;

	for (i = 0; t && btf_is_composite(t) && i < btf_vlen(t); i++) {
		const struct btf_member *m = &btf_members(t)[i];
		const char *its = btf__name_by_offset(btf, m->name_off);
		int64_t inner = -1;

		if (its && !strcmp(its, name))
			return btf_member_bit_offset(t, i) / 8;
		if (!its || !*its)
			inner = member_offset(btf, btf__type_by_id(btf, m->type), name);
		if (inner >= 0)
			return btf_member_bit_offset(t, i) / 8 + inner;
	}
	return -1;
}

static int64_t struct_member(const struct btf *btf, const char *type, const char *name)
{
	int id = btf__find_by_name_kind(btf, type, BTF_KIND_STRUCT);

	return id < 0 ? -1 : member_offset(btf, btf__type_by_id(btf, id), name);
}

static int64_t variable_offset(const struct btf *btf, const char *name)
{
	int id = btf__find_by_name_kind(btf, name, BTF_KIND_VAR);
	int section = btf__find_by_name_kind(btf, ".data..percpu", BTF_KIND_DATASEC);
	const struct btf_type *t = section < 0 ? NULL : btf__type_by_id(btf, section);
	unsigned int i;

	for (i = 0; id > 0 && t && i < btf_vlen(t); i++)
		if (btf_var_secinfos(t)[i].type == (uint32_t)id)
			return btf_var_secinfos(t)[i].offset;
	return -1;
}

/* From 6.2 to 6.14 both are members of one variable. */
static int64_t hot_offset(const struct btf *btf, const char *variable, const char *member)
{
	int64_t hot = variable_offset(btf, "pcpu_hot");
	int64_t within = struct_member(btf, "pcpu_hot", member);

	return hot >= 0 && within >= 0 ? hot + within : variable_offset(btf, variable);
}

static bool find_path(const struct btf *btf, struct path *p)
{
	int64_t se = struct_member(btf, "task_struct", "se");
	int64_t cfs_rq = struct_member(btf, "sched_entity", "cfs_rq");
	int64_t rq = struct_member(btf, "cfs_rq", "rq");
	int64_t runqueues = variable_offset(btf, "runqueues");
	int64_t current = hot_offset(btf, "current_task", "current_task");
	int64_t preempt = hot_offset(btf, "__preempt_count", "preempt_count");

	if (se < 0 || cfs_rq < 0 || rq < 0 || runqueues < 0 || current < 0 || preempt < 0)
		return false;
	p->task_cfs_rq = se + cfs_rq;
	p->cfs_rq_rq = rq;
	p->runqueues = runqueues;
	p->current_task = current;
	p->preempt_count = preempt;
	return true;
}

#define MOVE(to, from) {.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = (to), .src_reg = (from)}
#define SET(to, value) {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = (to), .imm = (int)(value)}
#define ADD(to, value) {.code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = (to), .imm = (int)(value)}
#define CALL(helper) {.code = BPF_JMP | BPF_CALL, .imm = (helper)}
#define EXIT {.code = BPF_JMP | BPF_EXIT}
/* r3 = the word at r3; 0 if it can't be read */
#define LOAD                                                                                    \
	MOVE(BPF_REG_1, BPF_REG_10), ADD(BPF_REG_1, -8), SET(BPF_REG_2, 8),                     \
		CALL(BPF_FUNC_probe_read_kernel),                                               \
	{                                                                                       \
		.code = BPF_LDX | BPF_MEM | BPF_DW, .dst_reg = BPF_REG_3, .src_reg = BPF_REG_10, \
		.off = -8                                                                       \
	}

/* A program that returns the lower or the upper half of where the area begins of the CPU
 * that it runs on, or 0; or -errno. */
static int load_half(const struct path *p, bool upper)
{
	const struct bpf_insn insns[] = {
		CALL(BPF_FUNC_get_current_task),
		MOVE(BPF_REG_6, BPF_REG_0),
		MOVE(BPF_REG_3, BPF_REG_6),
		ADD(BPF_REG_3, p->task_cfs_rq),
		LOAD,
		ADD(BPF_REG_3, p->cfs_rq_rq),
		LOAD,
		ADD(BPF_REG_3, -(int64_t)p->runqueues),
		MOVE(BPF_REG_7, BPF_REG_3),
		ADD(BPF_REG_3, p->current_task),
		LOAD,
		/* if r3 == r6, over the next two */
		{.code = BPF_JMP | BPF_JEQ | BPF_X, .dst_reg = BPF_REG_3, .src_reg = BPF_REG_6,
		 .off = 2},
		SET(BPF_REG_0, 0),
		EXIT,
		{.code = BPF_ALU64 | BPF_RSH | BPF_K, .dst_reg = BPF_REG_7, .imm = upper ? 32 : 0},
		MOVE(BPF_REG_0, BPF_REG_7),
		EXIT,
	};

	return bpf_prog_load(BPF_PROG_TYPE_RAW_TRACEPOINT, "sw_percpu", "GPL", insns,
			     sizeof(insns) / sizeof(*insns), NULL);
}

static uint32_t run_on(int program, unsigned int cpu)
{
	LIBBPF_OPTS(bpf_test_run_opts, run, .flags = BPF_F_TEST_RUN_ON_CPU, .cpu = cpu);

	return bpf_prog_test_run_opts(program, &run) ? 0 : run.retval;
}

bool sw_percpu__find(const struct btf *btf, unsigned int n_cpus, uint64_t *bases,
		     uint64_t *preempt_count)
{
	struct path p;
	int lower, upper;
	unsigned int i;

	if (!find_path(btf, &p))
		return false;
	lower = load_half(&p, false);
	upper = load_half(&p, true);
	for (i = 0; i < n_cpus && lower >= 0 && upper >= 0; i++) {
		bases[i] = run_on(lower, i) | (uint64_t)run_on(upper, i) << 32;
		if (!bases[i])
			break;
	}
	if (lower >= 0)
		close(lower);
	if (upper >= 0)
		close(upper);
	*preempt_count = p.preempt_count;
	return n_cpus && i == n_cpus;
}
