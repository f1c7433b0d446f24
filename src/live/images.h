/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Which files a process had mapped, and where, at a moment that may be some time ago: a
 * process that began another program since, or has ended, is known as it was.  What was
 * there before tracing began is read from /proc once.
 */
#ifndef SW_LIVE_IMAGES_H
#define SW_LIVE_IMAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "live/image.h"
#include "live/mmaps.h"

struct sw_images; /* opaque */

/* What a process has mapped now, with an id; NULL: it is not to be had.  May call
 * sw_images__collect(). */
typedef struct sw_image *(*sw_images_read)(void *arg, uint32_t id, uint32_t pid);

/* Where the kernel does not tell of mappings, `read` has to do, and a program is known only
 * as it is when it is looked at.  NULL: out of memory. */
struct sw_images *sw_images__new(sw_images_read read, void *arg);
void sw_images__free(struct sw_images *im); /* NULL is legal */

/* Takes what the kernel told of the time before `until`: what is asked for until the next
 * call must be of that time, too. */
void sw_images__drain(struct sw_images *im, uint64_t until);

/* Only takes what the kernel told out of its way, for the next drain: images stay as they
 * are.  What is not taken for long is lost. */
void sw_images__collect(struct sw_images *im);

/* It is still in that program. */
bool sw_images__is_current(struct sw_images *im, uint32_t pid, const struct sw_image *image);

/* The program that a process was in; NULL: not known.  Good until the next drain. */
struct sw_image *sw_images__at(struct sw_images *im, uint32_t pid, uint64_t ts);

#endif
