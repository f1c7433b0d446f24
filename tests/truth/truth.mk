# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# The battery of real programs, with independent witnesses of who caused each wake-up; included from the top
# Makefile, which sets CC, CFLAGS, WARN and O.
#
#   truth            all of it, natively
#   truth-guest      in a guest, by kprobe and by fentry
#   truth-programs   what it needs built

truth_dir := tests/truth
truth_out = $(O)/truth

TRUTH_CFLAGS = -std=gnu11 -D_GNU_SOURCE $(WARN) $(CFLAGS)
truth_c := $(patsubst $(truth_dir)/c/%.c,%,$(wildcard $(truth_dir)/c/*.c))
# Without a compiler of theirs, their programs are skipped.
truth_go := $(if $(shell command -v go 2>/dev/null),echo-go)
truth_java := $(if $(shell command -v javac 2>/dev/null),java/.built)

.PHONY: truth truth-guest truth-programs truth-c-programs
truth-c-programs: $(addprefix $(truth_out)/,$(truth_c))
truth-programs: $(addprefix $(truth_out)/,$(truth_c) $(truth_go) $(truth_java))

$(addprefix $(truth_out)/,$(truth_c)): $(truth_out)/%: $(truth_dir)/c/%.c
	@mkdir -p $(@D)
	@echo "  CC      $@"; $(CC) $(TRUTH_CFLAGS) -static $(LDFLAGS) -o $@ $< $(if $(filter %/uring,$@),-luring)

$(truth_out)/echo-go: $(truth_dir)/c/echo.go
	@mkdir -p $(@D)
	@echo "  GO      $@"; GOCACHE=$(abspath $(truth_out))/go GO111MODULE=off CGO_ENABLED=0 go build -o $@ $<

$(truth_out)/java/.built: $(truth_dir)/c/Echo.java
	@mkdir -p $(@D)
	@echo "  JAVAC   $(@D)"; javac -d $(@D) $< && touch $@ && chmod +x $@

truth:
	@tests/setup.sh truth
	@$(MAKE) -s all truth-programs
	@python3 $(truth_dir)/run.py --sockwake $(O)/sockwake --programs $(truth_out) --table $(truth_out)/table

truth-guest:
	@tests/setup.sh truth
	@$(MAKE) -s all truth-programs
	@$(truth_dir)/guest.sh $(O) 6.12
