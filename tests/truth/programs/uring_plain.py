# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""An echo server on io_uring (plain)."""
from uring_common import main

main("plain")
