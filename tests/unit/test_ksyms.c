// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Symbols with compilers' suffixes, from a file in the form of kallsyms. */
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "live/ksyms.h"

static char path[] = "/tmp/sockwake-ksyms-XXXXXX";

static void look(const char *text, struct sw_ksym *sym)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	sym->name = "sock_def_readable";
	assert_int_equal(sw_ksyms__read(path, sym, 1), 0);
}

static void test_exact(void **state)
{
	struct sw_ksym sym;

	(void)state;
	look("ffffffff81000010 T sock_def_readable\n"
	     "ffffffff81000020 T sock_def_readable_too\n"
	     "ffffffff81000030 T a_sock_def_readable\n",
	     &sym);
	assert_string_equal(sym.found, "sock_def_readable");
	assert_true(sym.address == 0xffffffff81000010);
}

static void test_not_there(void **state)
{
	struct sw_ksym sym;

	(void)state;
	look("ffffffff81000010 T sock_def_readabl\n\nnonsense\nffffffff81000010 T\n", &sym);
	assert_string_equal(sym.found, "");
	assert_true(sym.address == 0);
}

static void test_whole_copies(void **state)
{
	static const char *const suffixes[] = {".isra.0", ".constprop.12", ".llvm.123456789",
					       ".isra.0.constprop.1"};
	struct sw_ksym sym;
	char line[128], name[64];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++) {
		snprintf(name, sizeof(name), "sock_def_readable%s", suffixes[i]);
		snprintf(line, sizeof(line), "ffffffff81000040 t %s\n", name);
		look(line, &sym);
		assert_string_equal(sym.found, name);
		assert_true(sym.address == 0xffffffff81000040);
	}
}

static void test_pieces(void **state)
{
	static const char *const suffixes[] = {".cold", ".cold.3", ".part.0", ".isra.0.cold",
					       ".part.0.isra.0", ".unknown.1", "_more"};
	struct sw_ksym sym;
	char line[128];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++) {
		snprintf(line, sizeof(line), "ffffffff81000040 t sock_def_readable%s\n",
			 suffixes[i]);
		look(line, &sym);
		assert_string_equal(sym.found, "");
	}
}

static void test_preference(void **state)
{
	struct sw_ksym sym;

	(void)state;
	look("ffffffff81000001 t sock_def_readable.isra.0\n"
	     "ffffffff81000002 T sock_def_readable\n"
	     "ffffffff81000003 t sock_def_readable.constprop.0\n",
	     &sym);
	assert_string_equal(sym.found, "sock_def_readable");
	assert_true(sym.address == 0xffffffff81000002);
	/* a module's function of the same name is another one */
	look("ffffffff81000002 T sock_def_readable\n"
	     "ffffffffc0000002 t sock_def_readable\t[evil]\n",
	     &sym);
	assert_true(sym.address == 0xffffffff81000002);
}

static void test_hidden_addresses(void **state)
{
	struct sw_ksym sym;

	(void)state;
	look("0000000000000000 T sock_def_readable\n", &sym);
	assert_string_equal(sym.found, "sock_def_readable");
	assert_true(sym.address == 0);
}

static void test_long_names(void **state)
{
	char text[1024] = "ffffffff81000001 t sock_def_readable.isra.";
	struct sw_ksym sym;

	(void)state;
	memset(text + strlen(text), '1', 600);
	look(text, &sym);
	assert_string_equal(sym.found, "");
}

static void test_no_file(void **state)
{
	struct sw_ksym sym = {.name = "x"};

	(void)state;
	assert_int_equal(sw_ksyms__read("/nonexistent/kallsyms", &sym, 1), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exact),	    cmocka_unit_test(test_not_there),
		cmocka_unit_test(test_whole_copies), cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_preference),  cmocka_unit_test(test_hidden_addresses),
		cmocka_unit_test(test_long_names),  cmocka_unit_test(test_no_file),
	};
	int fd = mkstemp(path), failed;

	if (fd < 0)
		return 1;
	close(fd);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	return failed;
}
