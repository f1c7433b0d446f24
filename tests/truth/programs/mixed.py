# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""Several at once on few processors, so that the packets of some are received on top of others."""
from common import Program, slow, some

p = Program("redis-server", "redis-benchmark", "iperf3", "ip")
p.start("redis", "redis-server", "--port", 6379, "--bind", "127.0.0.1", "--save", "", "--dir", p.dir, wait_port=6379)
p.start("taker", "iperf3", "-s", "-p", 5201, "-B", "127.0.0.1", wait_port=5201)
p.start("hearer", "iperf3", "-s", "-p", 5202, "-B", "127.0.0.1", wait_port=5202)
p.link("redis", "asker", 6379)
p.link("taker", "giver", 5201)
p.link("hearer", "sayer", 5202)
p.own_sysfs()
with open("/sys/class/net/lo/queues/rx-0/rps_cpus", "w") as f:
    f.write("3")
p.up()
n = some(4000)
fast = slow() == 1
others = [p.start("giver", "iperf3", "-c", "127.0.0.1", "-p", 5201, "-t", 2, "-b", "1G" if fast else "10M", "--bidir"),
          p.start("sayer", "iperf3", "-c", "127.0.0.1", "-p", 5202, "-t", 2, "-u", "-b", "40M" if fast else "1M")]
p.load("asker", "redis-benchmark", "-q", "-p", 6379, "-c", 10, "-n", n, "-t", "get")
for other in others:
    if other.wait():
        p.fail("iperf3 failed")
p.expect("asker", n, port=6379)
p.expect("redis", n, remote=6379)
p.done()
