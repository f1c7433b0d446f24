# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""iperf3 whose sender is paced: timers transmit what it wrote, on top of whatever task runs then."""
from common import Program, slow

p = Program("iperf3", "ip")
p.start("server", "iperf3", "-s", "-p", 5201, "-B", "127.0.0.1", wait_port=5201)
p.link("server", "client", 5201)
for _ in range(2):
    p.start("busy", "sh", "-c", "while :; do :; done")
p.up()
p.load("client", "iperf3", "-c", "127.0.0.1", "-p", 5201, "-t", 2, "--fq-rate", "40M" if slow() == 1 else "4M")
p.expect("client", 20, port=5201)
p.done()
