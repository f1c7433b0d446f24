# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""A thread sleeps in recv(2) of a UDP socket that is connected to nowhere; what another one sends is refused."""
import os
import socket
import threading
import time
from common import Program, slow

TIMES = 10
p = Program("ip")


def read(s):
    with open("/proc/thread-self/comm", "w") as f:
        f.write("reader")
    try:
        s.recv(10)
    except ConnectionRefusedError:
        pass


def refused():
    for _ in range(TIMES):
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.connect(("127.0.0.1", 7000))
        t = threading.Thread(target=read, args=(s,))
        t.start()
        time.sleep(.05 * slow())
        s.send(b"x")
        t.join()
        s.close()


p.link("nobody", "client", 7000)
p.facts["times"] = TIMES
p.up()
p.fork("client", refused)
p.started.pop().wait()
p.done()
