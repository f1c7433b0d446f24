# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""Threads that sleep for the first time just as they are woken."""
from common import Program, helper, some

p = Program("ip")
p.up()
p.load("client", helper("first_sleep"), some(3000))
p.done()
