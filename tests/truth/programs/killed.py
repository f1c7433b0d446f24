# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""Connections that a third one closes: ss -K."""
import socket
import subprocess
import time
from common import Program, connect

p = Program("ss", "ip")
listener = socket.create_server(("127.0.0.1", 7000))


def read(s):
    try:
        while s.recv(1):
            pass
    except OSError:
        pass


def serve():
    c, _ = listener.accept()
    read(c)


def call():
    read(connect(7000))


p.fork("server", serve)
listener.close()
p.link("server", "client", 7000)
p.up()
p.fork("client", call)
time.sleep(.3)
killer = p.load("killer", "ss", "-K", "-t", "sport = :7000", check=False)
time.sleep(.2)
p.done()
