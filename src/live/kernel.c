/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "live/kernel.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/log.h"
#include "live/kprobe.h"
#include "live/percpu.h"

#define VMLINUX_BTF "/sys/kernel/btf/vmlinux"

/* Bits of preempt_count that say hardirq or NMI: until 7.2, and since 7.3,
 * where they made room (include/linux/preempt.h). */
#define HARDIRQ_BITS 0x00ff0000
#define HARDIRQ_BITS_7_3 0xff000000

static int quiet_libbpf(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	/* libbpf's own words help its developers; SOCKWAKE_DEBUG shows them. */
	if (level == LIBBPF_DEBUG || !getenv("SOCKWAKE_DEBUG"))
		return 0;
	return vfprintf(stderr, fmt, ap);
}

static void name_symbols(struct sw_kernel *k)
{
#define HOOK(id, fn, cause, dflt) k->syms[SW_SYM_##fn].name = #fn;
	SW_HOOKS(HOOK)
#undef HOOK
#define SYM(fn) k->syms[SW_SYM_##fn].name = #fn;
	SW_EXTRA_SYMS(SYM)
#undef SYM
}

static int read_int(const char *path)
{
	FILE *f = fopen(path, "re");
	int v = -1;

	if (!f)
		return -1;
	if (fscanf(f, "%d", &v) != 1)
		v = -1;
	fclose(f);
	return v;
}

/* libbpf goes on to look elsewhere, and says that it found nothing there. */
static const char *why_unreadable(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return strerror(errno);
	close(fd);
	return "out of memory, or it is not BTF";
}

static int load_btf(struct sw_kernel *k, const char *path)
{
	k->btf_in_kernel = !access(VMLINUX_BTF, R_OK);
	k->btf_path = path;
	if (path) {
		k->btf = btf__parse(path, NULL);
		if (!k->btf) {
			char why[128];

			libbpf_strerror(errno, why, sizeof(why));
			sw_error("cannot read BTF from the file given: %s", why);
			return -EINVAL;
		}
		return 0;
	}
	if (k->btf_in_kernel)
		k->btf = btf__load_vmlinux_btf();
	if (!k->btf && k->btf_in_kernel) {
		sw_error("cannot read %s: %s", VMLINUX_BTF, why_unreadable(VMLINUX_BTF));
		return -EIO;
	}
	if (!k->btf) {
		sw_error("this kernel has no BTF (%s): name a file that describes it "
			 "with --btf, e.g. from its debug package or btfhub",
			 VMLINUX_BTF);
		return -ENOENT;
	}
	return 0;
}

bool sw_kernel__has_func(const struct sw_kernel *k, const char *name)
{
	return btf__find_by_name_kind(k->btf, name, BTF_KIND_FUNC) > 0;
}

int sw_kernel__func_args(const struct sw_kernel *k, const char *name)
{
	int id = btf__find_by_name_kind(k->btf, name, BTF_KIND_FUNC);
	const struct btf_type *t;

	if (id < 0)
		return -1;
	t = btf__type_by_id(k->btf, btf__type_by_id(k->btf, id)->type);
	return t ? btf_vlen(t) : -1;
}

bool sw_kernel__has_tracepoint(const struct sw_kernel *k, const char *name)
{
	char type[128];

	snprintf(type, sizeof(type), "btf_trace_%s", name);
	return k->btf_in_kernel && btf__find_by_name_kind(k->btf, type, BTF_KIND_TYPEDEF) > 0;
}

/* A program that does nothing, put onto a function that is sure to be there
 * and taken off again: some kernels load such programs and refuse to attach. */
static void try_trampoline(struct sw_kernel *k)
{
	const struct bpf_insn insns[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = 0},
		{.code = BPF_JMP | BPF_EXIT},
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = BPF_TRACE_FENTRY);
	int id, fd, link;

	if (!k->btf_in_kernel) {
		snprintf(k->no_trampolines, sizeof(k->no_trampolines),
			 "the kernel has no BTF of its own");
		return;
	}
	id = btf__find_by_name_kind(k->btf, "sock_wake_async", BTF_KIND_FUNC);
	if (id <= 0)
		return;
	opts.attach_btf_id = id;
	fd = bpf_prog_load(BPF_PROG_TYPE_TRACING, "sw_try_fentry", "GPL", insns, 2, &opts);
	if (fd < 0) {
		snprintf(k->no_trampolines, sizeof(k->no_trampolines),
			 "the kernel refuses the program (%s)", strerror(errno));
		return;
	}
	link = bpf_raw_tracepoint_open(NULL, fd);
	if (link < 0)
		snprintf(k->no_trampolines, sizeof(k->no_trampolines),
			 "the kernel refuses to attach (%s)", strerror(errno));
	else
		close(link);
	k->trampolines = link >= 0;
	close(fd);
}

/* Without CONFIG_PREEMPT_DYNAMIC the version string tells all there is. */
static void guess_preempt(struct sw_kernel *k, const char *version)
{
	k->preempt = SW_PREEMPT_NONE;
	k->preempt_name = "none";
	if (strstr(version, "PREEMPT_RT")) {
		k->preempt = SW_PREEMPT_RT;
		k->preempt_name = "rt";
	} else if (strstr(version, "PREEMPT_DYNAMIC")) {
		k->preempt = SW_PREEMPT_UNKNOWN; /* until it has been asked */
		k->preempt_name = "unknown";
	} else if (strstr(version, "PREEMPT")) {
		k->preempt = SW_PREEMPT_FULL;
		k->preempt_name = "full";
	}
}

/*
 * Reads an int of the kernel's, by a program that returns it.  debugfs would
 * tell the mode too, but is not mounted everywhere.
 */
static int read_kernel_int(uint64_t address, int *value)
{
	const struct bpf_insn insns[] = {
		/* *(u64 *)(fp - 8) = -1 */
		{.code = BPF_ST | BPF_MEM | BPF_DW, .dst_reg = BPF_REG_10, .off = -8, .imm = -1},
		/* bpf_probe_read_kernel(fp - 8, 4, address) */
		{.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = BPF_REG_1, .src_reg = BPF_REG_10},
		{.code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = BPF_REG_1, .imm = -8},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_2, .imm = 4},
		{.code = BPF_LD | BPF_IMM | BPF_DW, .dst_reg = BPF_REG_3, .imm = (int)address},
		{.imm = (int)(address >> 32)},
		{.code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_probe_read_kernel},
		/* return *(u32 *)(fp - 8) */
		{.code = BPF_LDX | BPF_MEM | BPF_W, .dst_reg = BPF_REG_0, .src_reg = BPF_REG_10,
		 .off = -8},
		{.code = BPF_JMP | BPF_EXIT},
	};
	LIBBPF_OPTS(bpf_test_run_opts, run);
	int fd, err;

	fd = bpf_prog_load(BPF_PROG_TYPE_RAW_TRACEPOINT, "sw_read_int", "GPL", insns,
			   sizeof(insns) / sizeof(*insns), NULL);
	if (fd < 0)
		return -errno;
	err = bpf_prog_test_run_opts(fd, &run);
	close(fd);
	if (err)
		return err;
	*value = (int)run.retval;
	return 0;
}

/* With CONFIG_PREEMPT_DYNAMIC it is decided at boot, or even later. */
static void ask_preempt(struct sw_kernel *k)
{
	/* enum of kernel/sched/core.c */
	static const char *const names[] = {"none", "voluntary", "full", "lazy"};
	uint64_t address = k->syms[SW_SYM_preempt_dynamic_mode].address;
	int mode = -1;

	if (k->preempt != SW_PREEMPT_UNKNOWN || !address || read_kernel_int(address, &mode) ||
	    mode < 0 || mode > 3)
		return;
	k->preempt_name = names[mode];
	k->preempt = mode < 2 ? SW_PREEMPT_NONE : SW_PREEMPT_FULL;
}

/* Where preempt_count is, and what its bits mean. */
static void find_preempt_count(struct sw_kernel *k)
{
	const struct btf_type *t;
	int id, i;

	k->hardirq_bits = HARDIRQ_BITS;
	if (k->syms[SW_SYM_pcpu_hot].address) {
		id = btf__find_by_name_kind(k->btf, "pcpu_hot", BTF_KIND_STRUCT);
		t = id > 0 ? btf__type_by_id(k->btf, id) : NULL;
		if (!t || btf_vlen(t) != 1)
			return;
		/* struct pcpu_hot { union { struct { …; int preempt_count; … }; }; } */
		t = btf__type_by_id(k->btf, btf_members(t)[0].type);
		if (!t || !btf_is_union(t) || !btf_vlen(t))
			return;
		t = btf__type_by_id(k->btf, btf_members(t)[0].type);
		for (i = 0; t && btf_is_struct(t) && i < btf_vlen(t); i++)
			if (!strcmp(btf__name_by_offset(k->btf, btf_members(t)[i].name_off),
				    "preempt_count"))
				k->preempt_count = k->syms[SW_SYM_pcpu_hot].address +
						   btf_member_bit_offset(t, i) / 8;
		return;
	}
	k->preempt_count = k->syms[SW_SYM___preempt_count].address;
	id = btf__find_by_name_kind(k->btf, "__preempt_count", BTF_KIND_VAR);
	if (id > 0 && btf__resolve_size(k->btf, id) == 8)
		k->hardirq_bits = HARDIRQ_BITS_7_3;
}

/* Where kallsyms has functions alone; a file's BTF may be another build's.  Without it softirqs
 * are watched, by two programs that run for each. */
static void find_percpu(struct sw_kernel *k)
{
	uint64_t *bases;

	if (k->preempt_count || strcmp(k->arch, "x86_64") || !k->btf_in_kernel || k->btf_path)
		return;
	bases = calloc(k->n_cpus, sizeof(*bases));
	if (bases && sw_percpu__find(k->btf, k->n_cpus, bases, &k->preempt_count)) {
		k->percpu = bases;
		return;
	}
	free(bases);
	k->preempt_count = 0;
}

static void look_at_uname(struct sw_kernel *k)
{
	struct utsname u;

	uname(&u);
	snprintf(k->release, sizeof(k->release), "%s", u.release);
	snprintf(k->host, sizeof(k->host), "%s", u.nodename);
	snprintf(k->arch, sizeof(k->arch), "%s", u.machine);
	guess_preempt(k, u.version);
}

/* Debian's perf_event_paranoid can keep all but CAP_SYS_ADMIN from perf's events. */
static void try_kprobe(struct sw_kernel *k)
{
	int fd;

	k->kprobe_type = read_int("/sys/bus/event_source/devices/kprobe/type");
	if (k->kprobe_type < 0)
		return;
	fd = sw_kprobe__open(k->kprobe_type, k->syms[SW_SYM_default_wake_function].name, false);
	k->kprobes_refused = fd == -EACCES || fd == -EPERM;
	if (k->kprobes_refused)
		k->kprobe_type = -1;
	if (fd >= 0)
		close(fd);
}

int sw_kernel__look(struct sw_kernel *k, const char *btf_path)
{
	int err;

	libbpf_set_print(quiet_libbpf);
	memset(k, 0, sizeof(*k));
	name_symbols(k);
	look_at_uname(k);
	k->n_cpus = libbpf_num_possible_cpus();
	err = load_btf(k, btf_path);
	if (err)
		return err;
	err = sw_ksyms__read("/proc/kallsyms", k->syms, SW_SYM_COUNT);
	if (err) {
		sw_error("cannot read /proc/kallsyms: %s", strerror(-err));
		return err;
	}
	k->hidden = k->syms[SW_SYM_default_wake_function].found[0] &&
		    !k->syms[SW_SYM_default_wake_function].address;
	try_kprobe(k);
	ask_preempt(k);
	try_trampoline(k);
	find_preempt_count(k);
	find_percpu(k);
	/* 5.12, commit c5dbb89fc2ac ("bpf: Expose bpf_get_socket_cookie to tracing
	 * programs"): the helper's own function. */
	k->cookies = sw_kernel__has_func(k, "bpf_get_socket_ptr_cookie");
	/* 5.15, commit dd6e10fbd9fb ("bpf: Add bpf_task_pt_regs() helper"). */
	k->task_regs = sw_kernel__has_func(k, "bpf_task_pt_regs");
	k->casts = k->btf_in_kernel && sw_kernel__has_func(k, "bpf_rdonly_cast");
	k->io_lengths = k->casts && sw_kernel__has_tracepoint(k, "sock_recv_length") &&
			sw_kernel__has_tracepoint(k, "sock_send_length");
	k->packets = k->btf_in_kernel && sw_kernel__has_tracepoint(k, "net_dev_queue") &&
		     sw_kernel__has_tracepoint(k, "net_dev_start_xmit") &&
		     sw_kernel__has_tracepoint(k, "netif_receive_skb") &&
		     sw_kernel__has_tracepoint(k, "napi_poll") &&
		     sw_kernel__has_tracepoint(k, "tcp_probe");
	/* 5.12 and stable kernels, commit e21aa341785c ("bpf: Fix fexit trampoline"). */
	k->fexit_sleeps = btf__find_by_name_kind(k->btf, "bpf_tramp_image", BTF_KIND_STRUCT) > 0;
	return 0;
}

void sw_kernel__forget_types(struct sw_kernel *k)
{
	btf__free(k->btf);
	k->btf = NULL;
	malloc_trim(0);
}

void sw_kernel__free(struct sw_kernel *k)
{
	btf__free(k->btf);
	k->btf = NULL;
	free(k->percpu);
	k->percpu = NULL;
}
