# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""How a connection's end may come: close, shutdown, exit, a signal, exec, dup2, the last of two holders, RST."""
import os
import signal
import socket
import struct
import time
from common import Program, connect, some

p = Program("ip")
listener = socket.create_server(("127.0.0.1", 7000))
WAYS = "close", "shutdown", "exit", "kill", "exec", "dup2", "holder", "reset"


def serve():
    while True:
        c, _ = listener.accept()
        try:
            while c.recv(1):
                pass
        except ConnectionResetError:
            pass
        c.close()


def end(way):
    s = connect(7000)
    s.send(b"x")
    time.sleep(.002)
    if way == "close":
        s.close()
    elif way == "shutdown":
        s.shutdown(socket.SHUT_WR)
        time.sleep(.01)
    elif way == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif way == "exec":
        os.execv("/bin/true", ["true"])
    elif way == "dup2":
        os.dup2(0, s.fileno(), inheritable=False)
        time.sleep(.01)
    elif way == "holder":
        if not os.fork():
            time.sleep(.01)
            os._exit(0)
    elif way == "reset":
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        s.close()


p.fork("server", serve)
listener.close()
p.link("server", "client", 7000)
p.up()
n = some(160) // len(WAYS)
for way in WAYS:
    for _ in range(n):
        p.fork("client", end, way)
        p.started.pop().wait()
time.sleep(.2)
p.expect("client", 2 * n * len(WAYS), port=7000)
p.done()
