# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""One task with one epoll for its listener and all connections, traced by the process that owns the listener."""
import os
import select
import socket
from common import Program, connect, some

p = Program("ip")
listener = socket.create_server(("127.0.0.1", 7000))


def serve():
    poll = select.epoll()
    poll.register(listener, select.EPOLLIN)
    connections = {}
    while True:
        for fd, _ in poll.poll():
            if fd == listener.fileno():
                c, _ = listener.accept()
                connections[c.fileno()] = c
                poll.register(c, select.EPOLLIN)
                continue
            data = connections[fd].recv(100)
            if data:
                connections[fd].send(data)
            else:
                poll.unregister(fd)
                connections.pop(fd).close()


def call(n):
    for _ in range(n):
        s = connect(7000)
        s.send(b"x")
        s.recv(10)
        s.close()


p.fork("server", serve)
p.role("owner", os.getpid())
p.link("server", "client", 7000)
p.extra["sockwake"] = ["-p", str(os.getpid())]
p.up()
n = some(100)
p.fork("client", call, n)
p.started.pop().wait()
p.expect("client", n, port=7000)
p.done()
