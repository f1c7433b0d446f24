# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# Speed and memory, beside perf and bpftrace; included from the top Makefile,
# which sets CC, CFLAGS, WARN, CLANG, BPFTOOL, BPF_CFLAGS and O. Never a part of
# `check`: what it says depends on the machine, and it takes two hours.
#
#   bench            everything; $(O)/bench.json and a table (see tests/bench/run.sh
#                    for the variables that shorten it)
#   bench-programs   what it needs built

bench_dir := tests/bench
bench_out = $(O)/bench

BENCH_CFLAGS = -std=gnu11 -D_GNU_SOURCE $(WARN) $(CFLAGS) -Iinclude

.PHONY: bench bench-programs

bench:
	@tests/setup.sh bench
	@$(MAKE) -s all bench-programs
	@BPFTOOL=$(BPFTOOL) $(bench_dir)/run.sh $(O)

bench-programs: $(addprefix $(bench_out)/,reference wakemany peak) $(addprefix $(live_out)/,churn storm)

$(bench_out)/reference.bpf.o: $(bench_dir)/reference.bpf.c $(wildcard include/*.h vmlinux/*.h)
	@mkdir -p $(@D)
	$(CLANG) $(BPF_CFLAGS) -c $< -o $@

$(bench_out)/reference.skel.h: $(bench_out)/reference.bpf.o
	$(BPFTOOL) gen skeleton $< name reference_bpf > $@.tmp && mv $@.tmp $@

$(bench_out)/reference: $(bench_dir)/reference.c $(bench_out)/reference.skel.h
	$(CC) $(BENCH_CFLAGS) -isystem $(bench_out) $(LDFLAGS) -o $@ $< -lbpf -lelf -lz

$(bench_out)/wakemany $(bench_out)/peak: $(bench_out)/%: $(bench_dir)/%.c
	@mkdir -p $(@D)
	$(CC) $(BENCH_CFLAGS) $(LDFLAGS) -o $@ $<

