/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Cells that a spreadsheet would work out. */
#include "test.h"

#include "render/render.h"
#include "samples.h"

/* The cell of `comm`, with its quotes, of a task of that name. */
static void expect(const char *comm, const char *cell)
{
	union sw_event ev = { .run_rec = sample_run() };
	const struct sw_render_opts opts = { .live = true };
	struct sw_told told = { .ev = &ev };
	struct sw_socket sk = { .id = 1 };
	struct sw_buf b = { 0 };
	char want[64];

	memset(ev.run_rec.comm, 0, sizeof(ev.run_rec.comm));
	memcpy(ev.run_rec.comm, comm, strlen(comm));
	sw_render_csv.event(&b, &opts, &sk, &told);
	sw_buf__putc(&b, '\0');
	assert_false(b.failed);
	snprintf(want, sizeof(want), ",%s,", cell);
	if (!strstr(b.data, want))
		print_error("%s is not in %s\n", want, b.data);
	assert_non_null(strstr(b.data, want));
	sw_buf__free(&b);
	sw_buf__free(&sk.shown);
}

static void test_formulas(void **state)
{
	(void)state;
	expect("=cmd|'/C x'!A1", "\"'=cmd|'/C x'!A1\"");
	expect("+1", "\"'+1\"");
	expect("-1", "\"'-1\"");
	expect("@SUM(A1)", "\"'@SUM(A1)\"");
	expect("\xef\xbc\x9d" "1", "\"'\xef\xbc\x9d" "1\"");
	expect("=\"\"", "\"'=\"\"\"\"\"");
	/* These begin with nothing that counts. */
	expect("a=1", "\"a=1\"");
	expect("\t=1", "\"\\t=1\"");
	expect("nginx", "\"nginx\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_formulas),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
