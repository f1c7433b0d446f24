# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""redis over a loopback whose packets are received on whatever CPU RPS says."""
import os
from common import Program, some

p = Program("redis-server", "redis-benchmark", "ip")
p.own_sysfs()
with open("/sys/class/net/lo/queues/rx-0/rps_cpus", "w") as f:
    f.write("%x" % ((1 << min(os.cpu_count(), 30)) - 1))
p.start("server", "redis-server", "--port", 6379, "--bind", "127.0.0.1", "--save", "", "--dir", p.dir, wait_port=6379)
p.link("server", "client", 6379)
p.up()
n = some(5000)
p.load("client", "redis-benchmark", "-q", "-p", 6379, "-c", 10, "-n", n, "-t", "get")
p.expect("client", n, port=6379)
p.expect("server", n, remote=6379)
p.done()
