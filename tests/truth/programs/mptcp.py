# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""iperf3 by MPTCP."""
from common import Program, slow, some

p = Program("iperf3", "mptcpize", "ip")
p.start("server", "mptcpize", "run", "iperf3", "-s", "-p", 5201, "-B", "127.0.0.1", wait_port=5201)
p.link("server", "client", 5201)
p.up()
to = ["mptcpize", "run", "iperf3", "-c", "127.0.0.1", "-p", 5201, "-t", 1, "-b", "200M" if slow() == 1 else "20M"]
p.load("client", *to)
p.load("client", *to, "-R")
p.expect("client", some(100), port=5201)
p.expect("server", some(100), remote=5201)
p.done()
