# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""What the programs on io_uring share."""
from common import Program, connect, helper, some


def client(n):
    s = connect(7000)
    for _ in range(n):
        s.sendall(b"0123456789")
        s.recv(10)
    s.close()


def main(mode):
    p = Program("ip")
    p.start("server", helper("uring"), mode, 7000, wait_port=7000)
    p.link("server", "client", 7000)
    p.up()
    n = some(500)
    for _ in range(2):
        p.fork("client", client, n)
        if p.started.pop().wait():
            p.fail("the client failed")
    p.expect("client", 2 * n, port=7000)
    p.expect("server", 2 * n, remote=7000)
    p.done()
