# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""A queue before the loopback: who puts a packet there is not always who takes it out and transmits it. Several
senders at once."""
import subprocess
from common import Program, slow, some

p = Program("redis-server", "redis-benchmark", "iperf3", "tc", "ip")
if subprocess.run(["tc", "qdisc", "replace", "dev", "lo", "root", "pfifo", "limit", "10000"], check=False).returncode:
    p.skip("no pfifo")
p.start("server", "redis-server", "--port", 6379, "--bind", "127.0.0.1", "--save", "", "--dir", p.dir, wait_port=6379)
p.start("receiver", "iperf3", "-s", "-p", 5201, "-B", "127.0.0.1", wait_port=5201)
p.link("server", "client", 6379)
p.link("receiver", "sender", 5201)
p.up()
n = some(5000)
other = p.start("sender", "iperf3", "-c", "127.0.0.1", "-p", 5201, "-t", 2, "-b", "300M" if slow() == 1 else "5M")
p.load("client", "redis-benchmark", "-q", "-p", 6379, "-c", 10, "-n", n, "-t", "get")
p.load("client", "redis-benchmark", "-q", "-p", 6379, "-c", 10, "-n", n, "-t", "set")
other.wait()
p.done()
