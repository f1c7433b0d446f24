# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""A thread sleeps until what another sends with MSG_ZEROCOPY is done with; each completion wakes it."""
import select
import socket
import threading
import time
from common import Program, slow

SO_ZEROCOPY, MSG_ZEROCOPY, TIMES = 60, 0x4000000, 20
SYS_POLL = 7  # of x86-64
p = Program("ip")
listener = socket.create_server(("127.0.0.1", 7000))


def take():
    c, _ = listener.accept()
    while c.recv(1 << 20):
        pass


def is_in_poll(tid):
    with open("/proc/self/task/%d/syscall" % tid) as f:
        return f.read().split()[0] == str(SYS_POLL)


def reap(s, asleep):
    with open("/proc/thread-self/comm", "w") as f:
        f.write("reaper")
    poll = select.poll()
    poll.register(s, 0)
    while True:
        asleep.set()
        events = poll.poll()
        if any(e & select.POLLHUP for _, e in events):
            return
        s.recvmsg(1, 1000, socket.MSG_ERRQUEUE)


def give():
    s = socket.create_connection(("127.0.0.1", 7000))
    s.setsockopt(socket.SOL_SOCKET, SO_ZEROCOPY, 1)
    asleep = threading.Event()
    t = threading.Thread(target=reap, args=(s, asleep), daemon=True)
    t.start()
    for _ in range(TIMES):
        asleep.wait()
        asleep.clear()
        while not is_in_poll(t.native_id):
            time.sleep(.01 * slow())
        time.sleep(.01 * slow())
        s.send(b"x" * 20000, MSG_ZEROCOPY)
    time.sleep(.05 * slow())


p.fork("server", take)
listener.close()
p.link("server", "client", 7000)
p.facts["times"] = TIMES
p.up()
p.fork("client", give)
p.started.pop().wait()
p.done()
