# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""Small writes that Nagle's algorithm holds back: the server's acknowledgement, or its timer, lets them go."""
import socket
import time
from common import Program, some

p = Program("ip")
listener = socket.create_server(("127.0.0.1", 7000))


def serve():
    c, _ = listener.accept()
    while True:
        data = c.recv(100)
        if not data:
            return
        if b"." in data:
            c.send(b"y")


def call(n):
    s = socket.create_connection(("127.0.0.1", 7000))
    for _ in range(n):
        s.send(b"x")
        s.send(b"z")
        s.send(b".")
        s.recv(10)
    time.sleep(.1)
    s.close()


p.fork("server", serve)
listener.close()
p.link("server", "client", 7000)
p.start("busy", "sh", "-c", "while :; do :; done")
p.up()
p.fork("client", call, some(40))
p.started.pop().wait()
p.done()
