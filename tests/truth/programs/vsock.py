# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""vsock over its loopback: a worker of the kernel's carries all packets."""
import socket
from common import Program, some

p = Program("ip")
try:
    listener = socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM)
    listener.bind((1, 7000))
    listener.listen()
    probe = socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM)
    probe.connect((1, 7000))
    listener.accept()[0].close()
    probe.close()
except OSError as e:
    p.skip("vsock's loopback: %s" % e)


def serve():
    while True:
        c, _ = listener.accept()
        while d := c.recv(10):
            c.send(d)


def call(n):
    s = socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM)
    s.connect((1, 7000))
    for _ in range(n):
        s.send(b"x")
        s.recv(10)
    s.close()


p.fork("server", serve)
listener.close()
p.up()
p.fork("client", call, some(200))
p.started.pop().wait()
p.done()
