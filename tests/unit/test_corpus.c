// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Each input that the fuzzer was given, or once broke something with, as a plain
 * test: it needs no clang, and it fails for good when an old crash comes back.
 */
#include "test.h"

#include <dirent.h>

#include "core/decode.h"
#include "samples.h"

#define CORPUS "tests/fuzz/corpus/decode"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Reads into memory that ends with the file, so that ASan sees a read behind it. */
static uint8_t *read_file(const char *name, size_t *size)
{
	uint8_t *data;
	char path[512];
	FILE *f;
	long end;

	snprintf(path, sizeof(path), CORPUS "/%s", name);
	f = fopen(path, "rb");
	assert_non_null(f);
	assert_int_equal(fseek(f, 0, SEEK_END), 0);
	end = ftell(f);
	assert_true(end >= 0);
	rewind(f);
	*size = (size_t)end;
	data = malloc(*size);
	assert_non_null(data);
	assert_int_equal(fread(data, 1, *size, f), *size);
	fclose(f);
	return data;
}

static void test_replay(void **state)
{
	DIR *dir = opendir(CORPUS);
	struct dirent *entry;
	int files = 0;

	(void)state;
	/* Run from the top of the tree. */
	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		uint8_t *data;
		size_t size;

		if (entry->d_name[0] == '.')
			continue;
		data = read_file(entry->d_name, &size);
		assert_int_equal(LLVMFuzzerTestOneInput(data, size), 0);
		free(data);
		files++;
	}
	closedir(dir);
	assert_true(files >= SW_REC_COUNT);
}

/* The seeds are still records: else a change of the format has left them behind
 * (make fuzz-seeds), and the fuzzer would start from nothing. */
static void test_seeds_are_records(void **state)
{
	static const char *const kinds[] = {
#define KIND(id, name, ...) [SW_REC_##id] = #name,
		SW_KINDS(KIND)
#undef KIND
	};

	(void)state;
	for (size_t kind = 1; kind < SW_REC_COUNT; kind++) {
		union sw_event ev;
		uint8_t *data;
		size_t size;
		char name[64];

		snprintf(name, sizeof(name), "seed-%s", kinds[kind]);
		data = read_file(name, &size);
		assert_int_equal(sw_event__decode(data, size, &ev), 0);
		assert_int_equal(ev.hdr.kind, kind);
		assert_int_equal(ev.hdr.size, size);
		free(data);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_replay),
		cmocka_unit_test(test_seeds_are_records),
	};

	return cmocka_run_group_tests_name("corpus", tests, NULL, NULL);
}
