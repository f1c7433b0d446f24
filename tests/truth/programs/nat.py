# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""redis by a port that nft redirects, as those of containers are."""
import subprocess
from common import Program, some

p = Program("redis-server", "redis-benchmark", "nft", "ip")
subprocess.run(["nft", "-f", "-"], check=True, text=True, input="""
table ip nat {
    chain output { type nat hook output priority -100; tcp dport 7000 redirect to :6379; }
}
""")
p.start("server", "redis-server", "--port", 6379, "--bind", "127.0.0.1", "--save", "", "--dir", p.dir, wait_port=6379)
p.link("server", "client", 6379, 7000)
p.up()
n = some(5000)
p.load("client", "redis-benchmark", "-q", "-p", 7000, "-c", 10, "-n", n, "-t", "get")
p.expect("client", n, port=6379)
p.expect("server", n, remote=7000)
p.done()
