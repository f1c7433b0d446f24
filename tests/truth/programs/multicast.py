# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""One sends to a group, three hear it: each gets a copy."""
import socket
import struct
import time
from common import Program, run, some

GROUP = "239.1.2.3"
p = Program("ip")
run("ip", "route", "add", "239.0.0.0/8", "dev", "lo")
request = socket.inet_aton(GROUP) + socket.inet_aton("127.0.0.1")


def hear(s):
    while s.recv(100) != b"end":
        pass


def say(n):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
    for i in range(n):
        s.sendto(b"x", (GROUP, 7000))
        time.sleep(.001)
    s.sendto(b"end", (GROUP, 7000))


for _ in range(3):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind((GROUP, 7000))
    s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, request)
    p.fork("hearer", hear, s)
    s.close()
p.link("hearer", "sayer", 7000)
p.up()
n = some(200)
p.fork("sayer", say, n)
p.started.pop().wait()
p.expect("sayer", 3 * n, port=7000)
p.done()
