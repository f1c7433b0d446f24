# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# Golden outputs, included from the top Makefile, which sets CC, WARN, O,
# BASE_SRCS, CORE_SRCS, RENDER_SRCS, PROTO_SRC and PROTO_HDR.
#
#   check-golden    compares what is rendered with tests/golden/*.expected
#   update-golden   takes what is rendered as expected: read the diff
#
# Under ASan and UBSan, so without CFLAGS, for the reason given in unit.mk.

GOLDEN_DIR := $(O)/golden
GOLDEN_SAN := -fsanitize=address,undefined -fno-sanitize-recover=all
GOLDEN_CFLAGS := -std=gnu11 $(WARN) -O1 -g $(GOLDEN_SAN) -Iinclude -Isrc -Itests/golden \
	-isystem $(O)/gen -MMD -MP
GOLDEN_OBJS := $(patsubst %.c,$(GOLDEN_DIR)/obj/%.o,$(BASE_SRCS) $(CORE_SRCS) $(RENDER_SRCS) \
	$(PROTO_SRC) tests/golden/driver.c tests/golden/output.c tests/golden/story.c \
	tests/golden/story_records.c)

.PHONY: check-golden update-golden

check-golden: $(GOLDEN_DIR)/driver
	sh tests/golden/run.sh $<

update-golden: $(GOLDEN_DIR)/driver
	sh tests/golden/run.sh --update $<

$(GOLDEN_DIR)/obj/src/render/perfetto_pack.o: $(PROTO_HDR)

$(GOLDEN_DIR)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(GOLDEN_CFLAGS) -c -o $@ $<

$(GOLDEN_DIR)/driver: $(GOLDEN_OBJS)
	$(CC) $(GOLDEN_SAN) -o $@ $^ -lprotobuf-c

-include $(GOLDEN_OBJS:.o=.d)
