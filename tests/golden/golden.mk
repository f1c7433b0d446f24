# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# Golden outputs, included from the top Makefile, which sets CC, WARN, O and PROTO_SRC, after
# unit.mk, whose objects of the program they are made by.
#
#   check-golden    compares what is rendered with tests/golden/*.expected
#   update-golden   takes what is rendered, and the schema as made from the rows, as expected: read
#                   the diff
#
# Under ASan and UBSan, so without CFLAGS, for the reason given in unit.mk.

GOLDEN_DIR := $(O)/golden
GOLDEN_SAN := -fsanitize=address,undefined -fno-sanitize-recover=all
GOLDEN_CFLAGS := -std=gnu11 $(WARN) -O1 -g $(GOLDEN_SAN) -iquote include -iquote src -MMD -MP
GOLDEN_OBJS := $(patsubst %,$(GOLDEN_DIR)/obj/tests/golden/%.o,driver output story story_records)

.PHONY: check-golden update-golden

check-golden: $(GOLDEN_DIR)/driver $(GOLDEN_DIR)/schema
	sh tests/golden/run.sh $^

update-golden: $(GOLDEN_DIR)/driver $(GOLDEN_DIR)/schema
	sh tests/golden/run.sh --update $^

$(GOLDEN_DIR)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(GOLDEN_CFLAGS) -c -o $@ $<

$(GOLDEN_DIR)/driver: $(GOLDEN_OBJS) $(UNIT_LIB)
	$(CC) $(GOLDEN_SAN) -o $@ $^ $(UNIT_LIB_LIBS)

$(GOLDEN_DIR)/schema: $(GOLDEN_DIR)/obj/tests/golden/schema.o $(UNIT_LIB)
	$(CC) $(GOLDEN_SAN) -o $@ $^ -ljansson $(UNIT_LIB_LIBS)

-include $(GOLDEN_OBJS:.o=.d) $(GOLDEN_DIR)/obj/tests/golden/schema.d
