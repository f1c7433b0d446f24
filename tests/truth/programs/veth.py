# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""redis in one network namespace, redis-benchmark in another; a veth pair between them."""
import os
import subprocess
from common import Program, run, some

p = Program("redis-server", "redis-benchmark", "ip", "nsenter", "unshare")
other = subprocess.Popen(["unshare", "-n", "sleep", "1000"])
p.started.append(other)
here = os.stat("/proc/self/ns/net").st_ino
p.wait(lambda: os.stat("/proc/%d/ns/net" % other.pid).st_ino != here, "a namespace")
p.extra["netns"] = [os.stat("/proc/%d/ns/net" % other.pid).st_ino]
run("ip", "link", "add", "v0", "type", "veth", "peer", "name", "v1", "netns", str(other.pid))
run("ip", "addr", "add", "10.99.0.1/24", "dev", "v0")
run("ip", "link", "set", "v0", "up")
aside = ["nsenter", "-n", "-t", str(other.pid)]
run(*aside, "ip", "addr", "add", "10.99.0.2/24", "dev", "v1")
run(*aside, "ip", "link", "set", "v1", "up")
p.start("server", "redis-server", "--port", 6379, "--bind", "10.99.0.1", "--protected-mode", "no", "--save", "",
        "--dir", p.dir, wait_port=6379)
p.link("server", "client", 6379)
p.up()
n = some(5000)
p.load("client", *aside, "redis-benchmark", "-q", "-h", "10.99.0.1", "-p", 6379, "-c", 10, "-n", n, "-t", "get")
p.expect("client", n, port=6379)
p.expect("server", n, remote=6379)
p.done()
