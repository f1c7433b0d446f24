/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "live/maps_reader.h"

#include <sys/prctl.h>
#include <unistd.h>

#include "live/confine.h"
#include "live/proc_maps.h"
#include "live/wire.h"

noreturn void sw_maps_reader__run(int in, int out)
{
	static struct sw_look look;
	struct sw_buf text = {0};

	prctl(PR_SET_NAME, "sockwake-maps", 0, 0, 0);
	if (sw_confine__files(in, out))
		_exit(1);
	while (!sw_wire__read(in, &look, sizeof(look), NULL)) {
		sw_buf__reset(&text);
		sw_proc_maps__read(look.pid, &text, SW_MAPPINGS_MAX);
		if (sw_wire__write_mappings(out, &text))
			break;
	}
	_exit(0);
}
