/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* One byte written without a function of the C library, whose name would be the innermost. */
#ifndef STACKED_H
#define STACKED_H

#include <sys/syscall.h>

static inline __attribute__((always_inline)) void stacked_write(int fd)
{
	const char byte = 'x';
#if defined(__x86_64__)
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "0"(SYS_write), "D"((long)fd), "S"(&byte), "d"(1L)
			 : "rcx", "r11", "memory");
#elif defined(__aarch64__)
	register long number __asm__("x8") = SYS_write;
	register long a __asm__("x0") = fd;
	register const char *b __asm__("x1") = &byte;
	register long c __asm__("x2") = 1;

	__asm__ volatile("svc 0" : "+r"(a) : "r"(number), "r"(b), "r"(c) : "memory");
#else
#error "How this architecture calls the kernel is not known"
#endif
}

#endif
