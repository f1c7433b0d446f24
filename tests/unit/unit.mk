# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# Unit tests and fuzzing, included from the top Makefile, which sets CC, WARN,
# O, BASE_SRCS, CORE_SRCS, RENDER_SRCS, PROTO_SRC and PROTO_HDR.
#
#   check-unit   every tests/unit/test_*.c, under ASan and UBSan
#   check-fuzz   replays the corpora, then fuzzes for FUZZ_SECONDS
#   fuzz         fuzzes until stopped
#   fuzz-seeds   writes the seeds of the corpora anew, after a change of records
#
# CFLAGS is not used: what hardens a release (_FORTIFY_SOURCE) gets in ASan's way.

CLANG ?= clang
FUZZ_SECONDS ?= 10

UNIT_INC := -iquote include -iquote src -isystem $(O)/gen
UNIT_DIR := $(O)/unit
FUZZ_DIR := $(O)/fuzz
FUZZ_TARGETS := decode reader render
UNIT_SAN := -fsanitize=address,undefined -fno-sanitize-recover=all
UNIT_CFLAGS := -std=gnu11 $(WARN) -O1 -g $(UNIT_SAN) $(UNIT_INC) -MMD -MP
UNIT_LDFLAGS := $(UNIT_SAN) -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc
UNIT_LIBS = -lcmocka -ljansson $(UNIT_LIB_LIBS) $(UNIT_EXTRA_LIBS)

UNIT_TESTS := $(patsubst tests/unit/%.c,$(UNIT_DIR)/%,$(wildcard tests/unit/test_*.c))
# What needs no kernel, for the golden outputs as well.
UNIT_LIB_OBJS := $(patsubst %.c,$(UNIT_DIR)/obj/%.o,$(BASE_SRCS) $(CORE_SRCS) $(RENDER_SRCS) $(TRACE_SRCS) \
	$(PROTO_SRC))
UNIT_LIB := $(UNIT_DIR)/libsockwake.a
UNIT_LIB_LIBS := -lzstd -lz -lprotobuf-c
UNIT_ALLOC := $(UNIT_DIR)/obj/tests/unit/alloc.o
# The fuzz target is linked to test_corpus, which replays each input it was given.
UNIT_FUZZ_OBJ := $(UNIT_DIR)/obj/tests/fuzz/fuzz_decode.o

.PHONY: check-unit check-fuzz fuzz fuzz-seeds
# Else make deletes the objects of the tests as intermediate files.
.SECONDARY: $(UNIT_TESTS:$(UNIT_DIR)/%=$(UNIT_DIR)/obj/tests/unit/%.o)
.SECONDARY: $(FUZZ_TARGETS:%=$(FUZZ_DIR)/obj/tests/fuzz/fuzz_%.o)

check-unit: $(UNIT_TESTS)
	sh tests/unit/run.sh $(UNIT_TESTS)

$(UNIT_DIR)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(UNIT_CFLAGS) -c -o $@ $<

# As in the program itself.
$(UNIT_DIR)/obj/src/live/%.o: UNIT_CFLAGS += -D_GNU_SOURCE

$(UNIT_DIR)/obj/src/render/perfetto_pack.o $(UNIT_DIR)/obj/tests/unit/test_perfetto.o: $(PROTO_HDR)

$(UNIT_DIR)/test_corpus: $(UNIT_FUZZ_OBJ)
# What of src/live needs no kernel.
$(UNIT_DIR)/test_ksyms: $(UNIT_DIR)/obj/src/live/ksyms.o
$(UNIT_DIR)/test_ladder: $(UNIT_DIR)/obj/src/live/ladder.o
$(UNIT_DIR)/test_programs: $(patsubst %,$(UNIT_DIR)/obj/src/live/%.o,ladder needs programs)
$(UNIT_DIR)/obj/src/live/programs.o $(UNIT_DIR)/obj/tests/unit/test_programs.o: $(O)/gen/bpf_programs.h
$(UNIT_DIR)/test_elfsyms: $(UNIT_DIR)/obj/src/live/elfsyms.o
$(UNIT_DIR)/test_elfsyms: UNIT_LIBS += -lelf
$(UNIT_DIR)/test_images: $(patsubst %,$(UNIT_DIR)/obj/src/live/%.o,images histories image proc_maps)
$(UNIT_DIR)/test_helper: $(patsubst %,$(UNIT_DIR)/obj/src/live/%.o,helper keeper file_reader maps_reader proc_maps image opening confine wire elfsyms)
$(UNIT_DIR)/test_helper: UNIT_LIBS += -lelf -lcap
# What of src/cmd needs no more than a descriptor.
$(UNIT_DIR)/test_patience: $(UNIT_DIR)/obj/src/cmd/patience.o

$(UNIT_LIB): $(UNIT_LIB_OBJS)
	rm -f $@
	$(AR) rcs $@ $^

$(UNIT_DIR)/test_%: $(UNIT_DIR)/obj/tests/unit/test_%.o $(UNIT_ALLOC) $(UNIT_LIB)
	$(CC) $(UNIT_LDFLAGS) -o $@ $(filter %.o,$^) $(UNIT_LIB) $(UNIT_LIBS)

FUZZ_SRCS := $(BASE_SRCS) $(CORE_SRCS) $(TRACE_SRCS) $(RENDER_SRCS) $(PROTO_SRC)
FUZZ_CFLAGS := -std=gnu11 $(WARN) -O1 -g -fno-sanitize-recover=all $(UNIT_INC) -MMD -MP
FUZZ_SAN := address,undefined
FUZZ_OBJS := $(FUZZ_SRCS:%.c=$(FUZZ_DIR)/obj/%.o)
FUZZ_LIBS := -lzstd -lz -lprotobuf-c
FUZZ_CORPUS := tests/fuzz/corpus
FUZZ_FLAGS := -max_len=4096 -artifact_prefix=$(FUZZ_DIR)/ -print_final_stats=1
# Records are what both take.
fuzz-corpus = $(FUZZ_CORPUS)/$(if $(filter render,$(1)),decode,$(1))
# Which one `make fuzz` runs.
FUZZ_TARGET ?= reader

$(FUZZ_DIR)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CLANG) $(FUZZ_CFLAGS) -fsanitize=fuzzer-no-link,$(FUZZ_SAN) -c -o $@ $<

$(FUZZ_DIR)/obj/src/render/perfetto_pack.o: $(PROTO_HDR)
$(FUZZ_DIR)/obj/src/render/html_page.o: $(O)/gen/html_parts.h

$(FUZZ_DIR)/fuzz_%: $(FUZZ_DIR)/obj/tests/fuzz/fuzz_%.o $(FUZZ_OBJS)
	$(CLANG) -fsanitize=fuzzer,$(FUZZ_SAN) -o $@ $^ $(FUZZ_LIBS)

# What the fuzzer finds goes to $(FUZZ_DIR)/found, so that the checked-in corpus
# only changes by someone's decision.
check-fuzz: $(FUZZ_TARGETS:%=check-fuzz-%)

check-fuzz-%: $(FUZZ_DIR)/fuzz_%
	@mkdir -p $(FUZZ_DIR)/found/$*
	$< $(FUZZ_FLAGS) -runs=0 $(call fuzz-corpus,$*)
	$< $(FUZZ_FLAGS) -max_total_time=$(FUZZ_SECONDS) $(FUZZ_DIR)/found/$* $(call fuzz-corpus,$*)

fuzz: $(FUZZ_DIR)/fuzz_$(FUZZ_TARGET)
	@mkdir -p $(FUZZ_DIR)/found/$(FUZZ_TARGET)
	$< $(FUZZ_FLAGS) $(FUZZ_DIR)/found/$(FUZZ_TARGET) $(call fuzz-corpus,$(FUZZ_TARGET))

$(FUZZ_DIR)/make_seeds: tests/fuzz/make_seeds.c tests/unit/samples.h $(wildcard include/*.h)
	@mkdir -p $(@D)
	$(CC) -std=gnu11 $(WARN) -O1 -g $(UNIT_INC) -o $@ $<

$(FUZZ_DIR)/make_reader_seeds: tests/fuzz/make_reader_seeds.c $(FUZZ_SRCS) $(PROTO_HDR) $(O)/gen/html_parts.h
	@mkdir -p $(@D)
	$(CC) -std=gnu11 $(WARN) -O1 -g $(UNIT_INC) -o $@ $(filter %.c,$^) $(FUZZ_LIBS)

fuzz-seeds: $(FUZZ_DIR)/make_seeds $(FUZZ_DIR)/make_reader_seeds
	$(FUZZ_DIR)/make_seeds $(FUZZ_CORPUS)/decode
	$(FUZZ_DIR)/make_reader_seeds $(FUZZ_CORPUS)/reader

-include $(UNIT_LIB_OBJS:.o=.d) $(UNIT_ALLOC:.o=.d) $(UNIT_FUZZ_OBJ:.o=.d)
-include $(FUZZ_OBJS:.o=.d) $(FUZZ_TARGETS:%=$(FUZZ_DIR)/obj/tests/fuzz/fuzz_%.d)
-include $(UNIT_TESTS:$(UNIT_DIR)/%=$(UNIT_DIR)/obj/tests/unit/%.d)
-include $(wildcard $(UNIT_DIR)/obj/src/live/*.d $(UNIT_DIR)/obj/src/cmd/*.d)
