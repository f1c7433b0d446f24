# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""As in the runtimes of Go and Rust: one thread is woken, another takes the data. Long after that new data comes,
and the first takes it at once."""
import select
import socket
import threading
import time
from common import Program, slow

p = Program("ip")
listener = socket.create_server(("127.0.0.1", 7000))


def named(name):
    with open("/proc/thread-self/comm", "w") as f:
        f.write(name)


def serve():
    c, _ = listener.accept()
    woken, taken = threading.Event(), threading.Event()

    def other():
        named("other")
        woken.wait()
        c.recv(100)
        c.send(b"1")
        taken.set()

    threading.Thread(target=other).start()
    named("first")
    poll = select.epoll()
    poll.register(c, select.EPOLLIN)
    poll.poll()
    woken.set()
    taken.wait()
    time.sleep(.4)
    c.recv(100)
    c.send(b"2")
    c.recv(100)


def call():
    s = socket.create_connection(("127.0.0.1", 7000))
    time.sleep(.1 * slow())
    s.send(b"a")
    s.recv(1)
    time.sleep(.38)
    s.send(b"bb")
    s.recv(1)
    s.close()


p.fork("server", serve)
listener.close()
p.link("server", "client", 7000)
p.up()
p.fork("client", call)
p.started.pop().wait()
p.done()
