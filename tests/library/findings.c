// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * findings FILE...: how many wake-ups there were, and what is wrong, from nothing but the
 * library: "wakeups N", then a line "KIND COUNT" for each finding.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "sockwake.h"

static int count(void *arg, struct sw_socket *sk, const struct sw_told *told)
{
	unsigned long *wakeups = arg;

	(void)sk;
	*wakeups += told->ev->hdr.kind == SW_REC_WAKEUP;
	return 0;
}

/* Returns 0, or -errno. */
static int print(struct sw_inputs *in)
{
	unsigned long wakeups = 0;
	const struct sw_thresholds usual = {0};
	const struct sw_analysis_opts opts = {.judge = sw_inputs__tells(in) ? &usual : NULL};
	const struct sw_analysis_sink sink = {.event = count, .arg = &wakeups};
	struct sw_analysis *a = sw_analysis__new(sw_inputs__info(in), &opts, &sink);
	struct sw_outcome end;
	const void *rec;
	int n, err = 0;
	size_t len;

	if (!a)
		return -ENOMEM;
	while (!err && (n = sw_inputs__next(in, &rec, &len)))
		err = n < 0 ? n : sw_analysis__feed(a, rec, len);
	if (!err)
		err = sw_analysis__end(a, sw_inputs__info(in)->end_ns, &end);
	if (!err)
		printf("wakeups %lu\n", wakeups);
	for (unsigned int i = 0; !err && i < end.n_findings; i++)
		printf("%s %llu\n", sw_finding_name(end.findings[i]->kind),
		       (unsigned long long)end.findings[i]->count);
	sw_analysis__free(a);
	return err;
}

int main(int argc, char **argv)
{
	struct sw_inputs *in = sw_inputs__new();
	int err = in ? 0 : -ENOMEM;

	for (int i = 1; !err && i < argc; i++) {
		char why[SW_READER_WHY] = "";
		int fd = open(argv[i], O_RDONLY | O_CLOEXEC);

		err = fd < 0 ? -errno : sw_inputs__add(in, fd, argv[i], why);
		if (err)
			fprintf(stderr, "%s: %s\n", argv[i], why[0] ? why : strerror(-err));
	}
	if (!err)
		err = print(in);
	sw_inputs__free(in);
	return err ? 1 : 0;
}
