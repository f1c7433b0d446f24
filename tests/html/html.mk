# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# What makes the traces of the page's test; the top Makefile sets the rest.
#
#   check-html   the page in headless Chromium

.PHONY: check-html

HTML_TEST_SRCS := tests/html/make_trace.c $(BASE_SRCS) $(CORE_SRCS) $(TRACE_SRCS)

$(O)/html/make_trace: $(HTML_TEST_SRCS) $(wildcard include/*.h src/trace/*.h)
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -D_GNU_SOURCE $(WARN) -O1 -Iinclude -Isrc -o $@ $(HTML_TEST_SRCS) -lzstd -lz

check-html: $(O)/sockwake $(O)/html/make_trace $(GOLDEN_DIR)/driver
	tests/html/run.sh $(O)
