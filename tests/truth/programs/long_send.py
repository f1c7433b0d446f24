# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""One send(2) of a lot to a reader that never pauses: how long it slept in it, by the process' own account."""
import os
import resource
import socket
import time
from common import Program, some

p = Program("ip")
listener = socket.create_server(("127.0.0.1", 7000))


def read():
    c, _ = listener.accept()
    while c.recv(1 << 20):
        pass


p.fork("server", read)
p.link("server", "client", 7000)
# Where it really slept for so long; facts.py looks at that.
p.extra["may_find"] = ["write-stall"]
p.up()
s = socket.create_connection(("127.0.0.1", 7000))
data = bytes(some(300) * 1000000)
began, before = time.clock_gettime_ns(time.CLOCK_MONOTONIC), resource.getrusage(resource.RUSAGE_SELF)
cpu = time.process_time_ns()
s.send(data)
cpu = time.process_time_ns() - cpu
after, took = resource.getrusage(resource.RUSAGE_SELF), time.clock_gettime_ns(time.CLOCK_MONOTONIC) - began
p.facts.update(took=took, cpu=cpu, sleeps=after.ru_nvcsw - before.ru_nvcsw)
s.close()
p.role("client", os.getpid())
p.started[0].wait()
p.done()
