# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""tcpdump on the loopback hears what redis and its client send to one another."""
import time
from common import Program, slow, some

p = Program("redis-server", "redis-benchmark", "tcpdump", "ip")
p.start("server", "redis-server", "--port", 6379, "--bind", "127.0.0.1", "--save", "", "--dir", p.dir, wait_port=6379)
p.start("listener", "tcpdump", "-i", "lo", "--immediate-mode", "-U", "-Z", "root", "-w", "/dev/null")
time.sleep(.5 * slow())
p.link("server", "client", 6379)
p.up()
n = some(2000)
p.load("client", "redis-benchmark", "-q", "-p", 6379, "-c", 5, "-n", n, "-t", "get")
p.expect("client", n, port=6379)
p.expect("server", n, remote=6379)
p.done()
