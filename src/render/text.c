// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* For people at a terminal. */
#include "text.h"

const struct sw_renderer sw_render_text = {
	.name = "text",
	.needs_timeline = true,
	.open = text_sample__open,
	.close = text_sample__close,
	.begin = text_live__begin,
	.event = text_live__event,
	.summary = text_summary,
	.timeline = text_timeline,
	.closing = text_closing,
};
