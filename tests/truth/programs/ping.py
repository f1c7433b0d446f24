# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""ping: the kernel answers, in a softirq; what wakes ping is the answer to what it sent."""
from common import Program, some

p = Program("ping", "ip")
p.up()
p.load("client", "ping", "-q", "-i", "0.002", "-c", some(200), "127.0.0.1")
p.done()
