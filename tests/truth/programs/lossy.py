# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""Every twentieth packet is lost: timers send it again, on top of whatever task runs then."""
import subprocess
from common import Program, some

p = Program("redis-server", "redis-benchmark", "nft", "ip")
p.start("server", "redis-server", "--port", 6379, "--bind", "127.0.0.1", "--save", "", "--dir", p.dir, wait_port=6379)
p.link("server", "client", 6379)
if subprocess.run(["nft", "-f", "-"], check=False, text=True, stderr=subprocess.DEVNULL, input="""
table ip lossy {
    chain input {
        type filter hook input priority 0
        tcp dport 6379 numgen random mod 20 == 0 drop
        tcp sport 6379 numgen random mod 20 == 0 drop
    }
}
""").returncode:
    p.skip("nft has no numgen here")
p.start("busy", "sh", "-c", "while :; do :; done")
p.up()
n = some(400)
p.load("client", "redis-benchmark", "-q", "-p", 6379, "-c", 20, "-n", n, "-t", "get")
p.done()
