/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The generated skeleton, with the types that its global data is made of. */
#ifndef SW_LIVE_SKELETON_H
#define SW_LIVE_SKELETON_H

#include <linux/types.h>

#include "filter.h"
#include "records.h"
#include "settings.h"

#include "sockwake.skel.h"

#endif
