# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""A connection that a filter rejects with a reset: whoever connects is answered in its own call."""
import socket
import subprocess
import time
from common import Program, some

p = Program("nft", "ip")
if subprocess.run(["nft", "-f", "-"], check=False, text=True, stderr=subprocess.DEVNULL, input="""
table ip rejecting {
    chain output {
        type filter hook output priority 0
        tcp dport 7000 reject with tcp reset
    }
}
""").returncode:
    p.skip("nft has no reject here")


def knock(n):
    for _ in range(n):
        s = socket.socket()
        s.setblocking(False)
        s.connect_ex(("127.0.0.1", 7000))
        time.sleep(.002)
        s.close()


p.link("nobody", "client", 7000)
p.up()
p.fork("client", knock, some(50))
p.started.pop().wait()
p.done()
