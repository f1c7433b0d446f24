# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# The programs of the live tests, and what compares them with a trace. Linked
# statically, so that a guest needs no libraries.

live_dir := tests/live
live_out = $(O)/live

# Each makes wake-ups of one kind; run.sh runs them all.
live_tests := tcp_recv udp_recv tcp_writer unix_writer udp_write_space \
	accept_wait accept_ready accept_forty accept_signal listen_shutdown \
	conn_reset sigio sigurg unix_stream unix_dgram unix_seqpacket \
	unix_names sizes vsock ipv6 v4mapped close netlink packet \
	woken_blocking woken_epoll woken_poll woken_uring herd slow wait_ends \
	awake mptcp ktls napi spliced wasted restarted readiness
# What the cases need beside them.
live_helpers := behind hogged late_accepts napper passed press attribution liar poll_two waiters signals steered storm manysockets churn portuser
live_tools := events verify zeros fill $(live_helpers) stacked_first stacked_second stacked_long stacked_dynamic stacked_library.so

LIVE_CFLAGS = $(CFLAGS) -std=gnu11 -D_GNU_SOURCE $(WARN) -Iinclude -I$(live_dir)
OBJCOPY ?= objcopy
# glibc warns of static programs that look up names; these don't.
LIVE_LDFLAGS = -static -pthread
# Without libjansson.a those two are dynamic, and a guest needs the library.
live_jansson_static = $(wildcard $(shell $(CC) -print-file-name=libjansson.a))

.PHONY: live-programs
live-programs: $(addprefix $(live_out)/,$(live_tests) $(live_tools) tests.list)

$(live_out):
	mkdir -p $@

$(live_out)/tests.list: $(live_dir)/live.mk | $(live_out)
	printf '%s\n' $(live_tests) > $@

$(live_out)/live.o: $(live_dir)/live.c $(live_dir)/live.h include/hooks.h | $(live_out)
	$(CC) $(LIVE_CFLAGS) -c -o $@ $<

$(live_out)/verify: $(live_dir)/verify_causes.c $(live_dir)/verify.h
$(live_out)/verify $(live_out)/events: $(live_out)/%: $(live_dir)/%.c | $(live_out)
	$(CC) $(LIVE_CFLAGS) $(if $(live_jansson_static),-static) $(LDFLAGS) -o $@ \
		$(filter %.c,$^) -ljansson

$(addprefix $(live_out)/,$(live_tests) $(live_helpers)): $(live_out)/%: \
		$(live_dir)/%.c $(live_out)/live.o $(live_dir)/live.h
	$(CC) $(LIVE_CFLAGS) $(LIVE_LDFLAGS) $(LDFLAGS) -o $@ $< $(live_out)/live.o

# For tests/bounds.
$(live_out)/fill: tests/bounds/fill.c $(live_out)/live.o $(live_dir)/live.h
	$(CC) $(LIVE_CFLAGS) $(LIVE_LDFLAGS) $(LDFLAGS) -o $@ $< $(live_out)/live.o

# The same program at the same addresses under two names, and one that can load a library.
$(live_out)/stacked_first: live_name := first_program_sends
$(live_out)/stacked_second: live_name := second_program_sends
$(live_out)/stacked_first $(live_out)/stacked_second: $(live_dir)/stacked.c $(live_dir)/stacked.h $(live_out)/live.o
	$(CC) $(LIVE_CFLAGS) -no-pie -DNAME=$(live_name) $(LIVE_LDFLAGS) $(LDFLAGS) -o $@ $< $(live_out)/live.o

# ... and with a symbol of 100 KB.
$(live_out)/stacked_long: $(live_out)/stacked_first
	awk 'BEGIN { printf "first_program_sends "; for (i = 0; i < 6250; i++) printf "a_name_as_long__"; print "" }' \
		< /dev/null > $@.names
	$(OBJCOPY) --redefine-syms=$@.names $< $@

$(live_out)/stacked_dynamic: $(live_dir)/stacked.c $(live_dir)/stacked.h $(live_out)/live.o
	$(CC) $(LIVE_CFLAGS) -DNAME=first_program_sends -DLIBRARY $(LDFLAGS) -o $@ $< $(live_out)/live.o -pthread -ldl

$(live_out)/stacked_library.so: $(live_dir)/stacked_library.c $(live_dir)/stacked.h
	$(CC) $(LIVE_CFLAGS) -shared -fPIC $(LDFLAGS) -o $@ $<

# Reads recordings, by what reads them for report.
live_reader := src/trace/reader.c src/trace/blocks.c src/trace/ahead.c src/trace/pack.c src/trace/meta.c src/core/decode.c src/core/event.c src/base/buf.c
$(live_out)/zeros: $(live_dir)/zeros.c $(live_reader) $(wildcard include/*.h src/trace/*.h) | $(live_out)
	$(CC) $(LIVE_CFLAGS) -Isrc $(LIVE_LDFLAGS) $(LDFLAGS) -o $@ $(filter %.c,$^) -lzstd -lz
