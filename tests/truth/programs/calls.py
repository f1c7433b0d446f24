# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""All calls by which a task may send; each byte wakes the same server."""
from common import Program, helper, some

p = Program("ip")
calls = helper("calls")
p.start("server", calls, "serve", 7000, wait_port=7000)
p.link("server", "client", 7000)
p.up()
n = some(40)
p.load("client", calls, "send", 7000, n)
p.expect("client", 10 * n, port=7000)
p.done()
