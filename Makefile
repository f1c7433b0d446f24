# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
#   make            build/sockwake
#   make demo       set up, build, and trace a small client and server
#   make test       set up, build, and run what needs neither root nor a kernel that can be traced
#   make check      set up, build, and run every test
#   make check-live KERNEL=6.12 RUNG=kprobe TEST=herd   ... one, or some, in a guest
#   make bench      speed, memory and time to end, beside perf and bpftrace
#   make truth      real programs, with independent witnesses of who caused each wake-up
#   make lib        build/libsockwake.a, for programs of others (include/sockwake.h)
#   make install    DESTDIR= PREFIX=/usr/local
#   make uninstall  what that installed
#   make dist       a tarball of what is committed
#   make help       this list
#   make V=1        shows commands as they are run
#   make DEBUG=1    without optimisation, into build/debug
#   make SAN=1      with the address and undefined behaviour sanitisers, into build/san
#   make compile_commands.json   for clangd and clang-tidy
#   make O=small BOUNDS=tests/bounds/tiny.h   ... with other bounds (include/bounds.h)
#   make format     clang-format over the tree
#   make clean      removes build/

# As the tarball says, or the last tag; of a checkout without tags, this.
VERSION := $(patsubst v%,%,$(shell cat .version 2>/dev/null || \
	git describe --tags --match 'v[0-9]*' --dirty 2>/dev/null || echo 0.1.0))
PREFIX  ?= /usr/local
DESTDIR ?=
O       ?= build$(if $(DEBUG),/debug)$(if $(SAN),/san)

, := ,
CC      ?= cc
CLANG   ?= clang
PROTOC_C ?= protoc-c
BPFTOOL ?= $(shell command -v bpftool 2>/dev/null || echo /usr/sbin/bpftool)
WARN    := -Wall -Wextra -Werror
CFLAGS  ?= $(if $(DEBUG),-O0,-O2) -g
# A record passes through a dozen files on its way: together they are a fifth faster.
LTO     := $(if $(DEBUG)$(SAN),,$(shell echo 'int main(void) { return 0; }' | \
	$(CC) -flto=auto -x c -o /dev/null - 2>/dev/null && echo -flto=auto))
BOUNDS_FLAGS := $(if $(BOUNDS),-DSW_BOUNDS='"$(abspath $(BOUNDS))"')
# All processors, unless make was told how many.
PARALLEL = $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc))
CFLAGS_ALL := $(BOUNDS_FLAGS) -std=gnu11 -D_GNU_SOURCE -DSW_VERSION='"$(VERSION)"' $(WARN) -Iinclude -Isrc \
	-iquote $(O)/gen
HARDEN  := $(if $(SAN),-fsanitize=address$(,)undefined -fno-sanitize-recover=all -fPIE,\
	-fstack-protector-strong $(if $(DEBUG),,-D_FORTIFY_SOURCE=2) -fPIE)
LDHARDEN := -pie -Wl,-z,relro,-z,now $(if $(SAN),-fsanitize=address$(,)undefined)
LIBS    := -lbpf -lzstd -lcap -lelf -lz -lprotobuf-c

BASE_SRCS   := $(wildcard src/base/*.c)
CORE_SRCS   := $(wildcard src/core/*.c)
RENDER_SRCS := $(wildcard src/render/*.c)
# Made from src/render/perfetto.proto; only perfetto_pack.c includes the header.
PROTO_SRC   := $(O)/gen/perfetto.pb-c.c
PROTO_HDR   := $(PROTO_SRC:.c=.h)
TRACE_SRCS  := $(wildcard src/trace/*.c)
LIVE_SRCS   := $(wildcard src/live/*.c)
CMD_SRCS    := $(wildcard src/cmd/*.c) src/main.c
# What needs no kernel, for programs of others, too (include/sockwake.h).
LIB_SRCS := $(BASE_SRCS) $(CORE_SRCS) $(RENDER_SRCS) $(TRACE_SRCS)
LIB      := $(O)/libsockwake.a
SRCS := $(LIB_SRCS) $(LIVE_SRCS) $(CMD_SRCS)
OBJS := $(SRCS:%.c=$(O)/%.o) $(PROTO_SRC:.c=.o)
# One that knows objects that are optimised when they are linked.
ifeq ($(origin AR),default)
AR := $(if $(LTO),$(if $(findstring clang,$(CC)),llvm-ar,gcc-ar),ar)
endif

BPF_ARCH := $(shell uname -m | sed 's/x86_64/x86/; s/aarch64/arm64/')
# The kernel's headers for the machine's own architecture, which -target bpf
# does not look for.
MULTIARCH := $(shell $(CC) -print-multiarch 2>/dev/null)
BPF_CFLAGS := $(BOUNDS_FLAGS) -g -O2 -target bpf -mcpu=v2 -D__TARGET_ARCH_$(BPF_ARCH) $(WARN) \
	-Wno-unused-parameter -Iinclude -Ivmlinux -idirafter /usr/include/$(MULTIARCH)

# In the place of the command, unless V=1 asks for that.
say = $(if $(V),,@printf '  %-7s %s\n' $(1) $(2); )

.PHONY: all lib clean install uninstall dist help format demo test check check-live check-arm64 check-shell check-tidy compile_commands.json
all: $(O)/sockwake

include tests/unit/unit.mk
include tests/golden/golden.mk
include tests/html/html.mk
include tests/live/live.mk
include tests/bench/bench.mk
include tests/truth/truth.mk

lib: $(LIB)

$(LIB): $(LIB_SRCS:%.c=$(O)/%.o) $(PROTO_SRC:.c=.o)
	$(call say,AR,$@)rm -f $@ && $(AR) rcs $@ $^

$(O)/sockwake: $(filter-out $(LIB_SRCS:%.c=$(O)/%.o) $(PROTO_SRC:.c=.o),$(OBJS)) $(LIB)
	$(call say,LD,$@)$(CC) $(CFLAGS) $(LTO) $(LDFLAGS) $(LDHARDEN) -o $@ $^ $(LIBS)

# A program of others, as include/sockwake.h says that it is compiled and linked.
$(O)/library/findings: tests/library/findings.c include/sockwake.h $(LIB)
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) -std=gnu11 $(WARN) $(CFLAGS) -Iinclude -Isrc -o $@ $< \
		-L$(O) -lsockwake -lzstd -lz -lprotobuf-c -pthread

# Twice: with and without typed casts (bpf/read.bpf.h says why).
$(O)/sockwake.bpf.o $(O)/sockwake-cast.bpf.o: bpf/sockwake.bpf.c \
		$(wildcard bpf/*.h include/*.h vmlinux/*.h) $(BOUNDS) Makefile
	@mkdir -p $(@D)
	$(call say,CLANG,$@)$(CLANG) $(BPF_CFLAGS) $(if $(findstring -cast,$@),-DSW_CASTS) -c $< -o $@

$(O)/gen/sockwake.skel.h: $(O)/sockwake.bpf.o
	@mkdir -p $(@D)
	$(call say,SKEL,$@)$(BPFTOOL) gen skeleton $< name sockwake_bpf > $@.tmp && mv $@.tmp $@

$(O)/gen/sockwake-cast.skel.h: $(O)/sockwake-cast.bpf.o
	@mkdir -p $(@D)
	$(call say,SKEL,$@)$(BPFTOOL) gen skeleton $< name sockwake_cast > $@.tmp && mv $@.tmp $@

# The names of all programs, as the object that has the most says them.
$(O)/gen/bpf_programs.h: $(O)/gen/sockwake-cast.skel.h
	@{ echo '#define SW_PROGRAMS(PROGRAM) \'; \
	sed -n 's/^\t\tstruct bpf_program \*\(.*\);$$/\tPROGRAM(\1) \\/p' $<; echo; } > $@.tmp && mv $@.tmp $@

$(PROTO_SRC) $(PROTO_HDR) &: src/render/perfetto.proto
	@mkdir -p $(@D)
	$(call say,PROTOC,$<)$(PROTOC_C) --proto_path=$(<D) --c_out=$(O)/gen $<

$(O)/gen/%.o: $(O)/gen/%.c Makefile
	$(call say,CC,$<)$(CC) $(CFLAGS_ALL) $(CFLAGS) $(LTO) $(HARDEN) $(CPPFLAGS) -I$(O)/gen -c $< -o $@

$(O)/src/render/perfetto_pack.o: $(PROTO_HDR)
$(O)/src/render/perfetto_pack.o: CPPFLAGS += -isystem $(O)/gen

$(O)/src/%.o: src/%.c Makefile
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(CFLAGS_ALL) $(CFLAGS) $(LTO) $(HARDEN) $(CPPFLAGS) -MMD -MP -c $< -o $@

# What the HTML page is made of: in the objects of whoever links the renderers.
HTML_PARTS := $(wildcard src/render/html/*)

$(O)/gen/html_parts.h: $(HTML_PARTS)
	@mkdir -p $(@D)
	@src/render/html/parts.sh src/render/html > $@.tmp && mv $@.tmp $@

$(O)/src/render/html_page.o $(O)/unit/obj/src/render/html_page.o: $(O)/gen/html_parts.h

# Only src/live includes the skeleton.
$(LIVE_SRCS:%.c=$(O)/%.o): $(O)/gen/sockwake.skel.h $(O)/gen/sockwake-cast.skel.h \
	$(O)/gen/bpf_programs.h
$(LIVE_SRCS:%.c=$(O)/%.o): CPPFLAGS += -isystem $(O)/gen

$(O)/demo/chat: tests/demo/chat.c
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -D_GNU_SOURCE $(WARN) $(CFLAGS) -static -o $@ $<

demo:
	@tests/setup.sh build
	@$(MAKE) -s $(PARALLEL) all $(O)/demo/chat
	@tests/demo/demo.sh $(O)

# The kernel half for arm64, as far as a compiler can tell on another machine.
check-arm64:
	@for casts in '' -DSW_CASTS; do \
		$(CLANG) $(subst ARCH_$(BPF_ARCH),ARCH_arm64,$(BPF_CFLAGS)) $$casts -fsyntax-only bpf/sockwake.bpf.c || exit; \
		echo "ok - the kernel half compiles for arm64 $$casts"; \
	done

# Scripts by what they begin with, whatever they are called.
check-shell:
	@scripts=$$(grep -rlE '^#!.*/(ba)?sh$$|^# shellcheck shell=' .ci src tests docs) && \
		shellcheck -S warning $$scripts && echo "ok 1 - $$(echo "$$scripts" | wc -l) scripts, by shellcheck"

# .clang-tidy says which checks.
check-tidy: compile_commands.json
	@printf '%s\n' $(SRCS) | xargs -P "$$(nproc)" -n 8 clang-tidy --quiet -p . 2>/dev/null && \
		echo 'ok 1 - $(words $(SRCS)) sources, by clang-tidy'

test:
	@tests/setup.sh test
	@$(MAKE) -s $(PARALLEL) all man $(O)/library/findings
	@SW_KERNELS='' SW_STAGES='unit golden layers shell tidy cli pages arm64' tests/check.sh $(O)

# Without RUNG by kprobe and fentry, without TEST all that `make check` runs in that kernel's guest.
check-live:
	@tests/setup.sh check
	@$(MAKE) -s $(PARALLEL) all live-programs
	@$(if $(filter %-full,$(KERNEL)),$(MAKE) -s $(PARALLEL) O=$(O)/few BOUNDS=tests/bounds/few.h all)
	@SW_RUNG='$(RUNG)' SW_TESTS='$(TEST)' tests/vm/live.sh $(O) $(or $(KERNEL),6.12)

# Guests and the stages of that name run programs with small tables.
bounds_wanted := $(if $(filter undefined,$(origin SW_STAGES) $(origin SW_KERNELS)),yes,$(SW_KERNELS)$(findstring bounds-,$(SW_STAGES)))

check:
	@tests/setup.sh check
	@$(MAKE) -s $(PARALLEL) all man $(O)/library/findings live-programs truth-c-programs
	@$(if $(bounds_wanted),$(MAKE) -s $(PARALLEL) O=$(O)/tiny BOUNDS=tests/bounds/tiny.h all)
	@$(if $(bounds_wanted),$(MAKE) -s $(PARALLEL) O=$(O)/few BOUNDS=tests/bounds/few.h all)
	@tests/check.sh $(O)

MAN := $(patsubst docs/man/%.scd,$(O)/man/%,$(wildcard docs/man/*.scd))

man: $(MAN)

$(O)/man/%: docs/man/%.scd docs/man/build.sh $(O)/sockwake
	@mkdir -p $(@D)
	docs/man/build.sh $(O)/sockwake $< > $@.new && mv $@.new $@

install: all man
	install -D -m 755 $(O)/sockwake $(DESTDIR)$(PREFIX)/sbin/sockwake
	for page in $(MAN); do \
		install -D -m 644 $$page $(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/$${page##*/} || exit; \
	done
	install -D -m 644 docs/completion/sockwake.bash \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/sockwake
	install -D -m 644 docs/completion/_sockwake \
		$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_sockwake
	install -D -m 644 README.md $(DESTDIR)$(PREFIX)/share/doc/sockwake/README.md
	for page in docs/*.md docs/schema/*.json; do \
		install -D -m 644 $$page $(DESTDIR)$(PREFIX)/share/doc/sockwake/$$page || exit; \
	done
	install -D -m 644 LICENSE $(DESTDIR)$(PREFIX)/share/doc/sockwake/LICENSE

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/sbin/sockwake \
		$(foreach page,$(MAN),$(DESTDIR)$(PREFIX)/share/man/man$(subst .,,$(suffix $(page)))/$(notdir $(page))) \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/sockwake \
		$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_sockwake
	rm -rf $(DESTDIR)$(PREFIX)/share/doc/sockwake

dist:
	@mkdir -p $(O)
	git archive --prefix=sockwake-$(VERSION)/ --add-virtual-file=sockwake-$(VERSION)/.version:$(VERSION) \
		-o $(O)/sockwake-$(VERSION).tar.gz HEAD
	@echo $(O)/sockwake-$(VERSION).tar.gz

# What clangd asks for: how each source is compiled.
compile_commands.json: $(O)/gen/bpf_programs.h $(O)/gen/html_parts.h $(PROTO_HDR)
	@{ echo '['; \
	for source in $(SRCS); do \
		printf '%s{"directory":"%s","file":"%s","command":"%s -c %s"}' "$$comma" '$(CURDIR)' "$$source" \
			'$(CC) $(filter-out -DSW_%,$(CFLAGS_ALL)) -DSW_VERSION=\\\"\\\" -isystem $(O)/gen' "$$source"; \
		comma=','; \
	done; \
	echo ']'; } > $@.tmp && mv $@.tmp $@

help:
	@sed -n 's/^#   //p' $(firstword $(MAKEFILE_LIST))

format:
	clang-format -i $(wildcard bpf/*.[ch] include/*.h src/*.c src/*/*.[ch] tests/*/*.[ch])

clean:
	rm -rf $(O)

-include $(OBJS:.o=.d)
