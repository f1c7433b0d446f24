# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""A loopback that is slowed down: a timer transmits what waits, on top of whatever task runs then."""
import subprocess
from common import Program, some

p = Program("redis-server", "redis-benchmark", "tc", "ip")
if subprocess.run(["tc", "qdisc", "replace", "dev", "lo", "root", "tbf", "rate", "10mbit", "burst", "20k", "latency",
                   "100ms"], check=False).returncode:
    p.skip("no tbf")
p.start("server", "redis-server", "--port", 6379, "--bind", "127.0.0.1", "--save", "", "--dir", p.dir, wait_port=6379)
p.link("server", "client", 6379)
p.up()
n = some(3000)
p.load("client", "redis-benchmark", "-q", "-p", 6379, "-c", 10, "-n", n, "-d", 100, "-t", "set")
p.done()
