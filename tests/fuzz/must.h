/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* For the fuzz targets: assert() would vanish with NDEBUG. */
#ifndef SW_FUZZ_MUST_H
#define SW_FUZZ_MUST_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define must(cond)                                                                 \
	do {                                                                       \
		if (!(cond)) {                                                     \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #cond); \
			abort();                                                   \
		}                                                                  \
	} while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
