# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""What the first wake-up told of is taken by splice(2) at once; more than a second later comes a second message,
which recv(2) takes soon."""
import os
import socket
import time
from common import Program, slow

LATER, SOON = 1.2, .05
p = Program("ip")
listener = socket.create_server(("127.0.0.1", 7000))
ready, go = os.pipe()


def serve():
    c, _ = listener.accept()
    r, w = os.pipe()
    splice(c.fileno(), w, 100)
    os.read(ready, 1)
    time.sleep(SOON)
    c.recv(100)
    c.recv(100)


def splice(a, b, n):
    import ctypes
    if ctypes.CDLL(None, use_errno=True).splice(a, None, b, None, n, 0) < 1:
        raise OSError(ctypes.get_errno(), "splice")


def call():
    s = socket.create_connection(("127.0.0.1", 7000))
    time.sleep(.1 * slow())
    s.send(b"a")
    time.sleep(LATER)
    s.send(b"b")
    os.write(go, b"x")
    time.sleep(.2 * slow())
    s.close()


p.fork("server", serve)
listener.close()
p.link("server", "client", 7000)
p.facts.update(soon=SOON * 1e9)
p.up()
p.fork("client", call)
p.started.pop().wait()
p.done()
