# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""More datagrams than are taken, from two senders: softirqs go on in ksoftirqd and on top of others."""
import os
import socket
import time
from common import Program, slow

p = Program("ip")


def receive(s):
    while True:
        s.recv(100)


def send(port):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.connect(("127.0.0.1", port))
    end = time.monotonic() + .5 * min(slow(), 4)
    while time.monotonic() < end:
        for _ in range(5):
            s.send(b"x" * 50)
        time.sleep(.0005)


for port in 7000, 7001:
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(("127.0.0.1", port))
    p.fork("server%d" % port, receive, s)
    s.close()
    p.link("server%d" % port, "client%d" % port, port)
p.own_sysfs()
with open("/sys/class/net/lo/queues/rx-0/rps_cpus", "w") as f:
    f.write("%x" % ((1 << min(os.cpu_count(), 30)) - 1))
p.up()
for port in 7000, 7001:
    p.fork("client%d" % port, send, port)
for child in p.started[2:4]:
    child.wait()
for port in 7000, 7001:
    p.expect("client%d" % port, 100, port=port)
p.done()
