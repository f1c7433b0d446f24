// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * reference MEANS READY-FILE [notify]: attaches the reference program by MEANS
 * (tracepoint, fentry or kprobe), writes READY-FILE, and throws away what comes
 * until SIGTERM or SIGINT.  It drains every 10 ms, as sockwake does; with
 * "notify" it is woken as the kernel does by default.  Prints the number of
 * records that it took and that were lost.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bounds.h"
#include "reference.skel.h"

#define RING_BYTES (4u << 20) /* sockwake's default */
#define DRAIN_MS 10

static volatile sig_atomic_t over;

static void on_signal(int signo)
{
	(void)signo;
	over = 1;
}

static int take(void *count, void *data, size_t size)
{
	(void)data;
	(void)size;
	++*(unsigned long long *)count;
	return 0;
}

static int fail(const char *what)
{
	perror(what);
	return 1;
}

static int add_ring(struct reference_bpf *skel, struct ring_buffer **rb, __u32 cpu,
		    unsigned long long *count)
{
	int outer = bpf_map__fd(skel->maps.rings);
	int fd = bpf_map_create(BPF_MAP_TYPE_RINGBUF, "reference", 0, 0, RING_BYTES, NULL);

	if (fd < 0 || bpf_map_update_elem(outer, &cpu, &fd, BPF_ANY))
		return -1;
	if (*rb)
		return ring_buffer__add(*rb, fd, take, count);
	*rb = ring_buffer__new(fd, take, count, NULL);
	return *rb ? 0 : -1;
}

static int ready(const char *path)
{
	FILE *f = fopen(path, "w");

	return f && fputs("ready\n", f) >= 0 && !fclose(f) ? 0 : -1;
}

int main(int argc, char **argv)
{
	bool notify = argc > 3 && !strcmp(argv[3], "notify");
	unsigned long long count = 0;
	struct ring_buffer *rb = NULL;
	struct bpf_program *prog;
	struct reference_bpf *skel;
	char name[32];
	int cpu;

	if (argc < 3) {
		fputs("usage: reference tracepoint|fentry|kprobe READY-FILE [notify]\n", stderr);
		return 2;
	}
	signal(SIGTERM, on_signal);
	signal(SIGINT, on_signal);
	skel = reference_bpf__open();
	if (!skel)
		return fail("open");
	skel->rodata->submit_flags = notify ? 0 : BPF_RB_NO_WAKEUP;
	/* Only the one asked for: this kernel may not know the others. */
	bpf_object__for_each_program(prog, skel->obj)
		bpf_program__set_autoload(prog, false);
	snprintf(name, sizeof(name), "reference_%s", argv[1]);
	prog = bpf_object__find_program_by_name(skel->obj, name);
	if (!prog)
		return fail(name);
	bpf_program__set_autoload(prog, true);
	if (reference_bpf__load(skel))
		return fail("load");
	for (cpu = 0; cpu < libbpf_num_possible_cpus() && cpu < SW_MAX_CPUS; cpu++)
		if (add_ring(skel, &rb, (__u32)cpu, &count))
			return fail("ring");
	if (!bpf_program__attach(prog))
		return fail("attach");
	if (ready(argv[2]))
		return fail(argv[2]);

	while (!over) {
		if (notify) {
			ring_buffer__poll(rb, 100);
		} else {
			usleep(DRAIN_MS * 1000);
			ring_buffer__consume(rb);
		}
	}
	ring_buffer__consume(rb);
	printf("%llu %llu\n", count, (unsigned long long)skel->bss->lost);
	return 0;
}
