# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""iperf3: its receiver never sends data. By TCP in both directions, and by UDP."""
from common import Program, slow, some

p = Program("iperf3", "ip")
p.start("server", "iperf3", "-s", "-p", 5201, "-B", "127.0.0.1", wait_port=5201)
p.link("server", "client", 5201)
p.up()
to = ["iperf3", "-c", "127.0.0.1", "-p", 5201, "-t", 1]
p.load("client", *to, "-b", "2G" if slow() == 1 else "20M")
p.load("client", *to, "-b", "2G" if slow() == 1 else "20M", "-R")
p.load("client", *to, "-u", "-b", "100M" if slow() == 1 else "2M")
p.expect("client", some(100), port=5201)
p.expect("server", some(100), remote=5201)
p.done()
