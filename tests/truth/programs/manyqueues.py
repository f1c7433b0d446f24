# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""A veth pair with a queue of packets for each of its four queues, below a root that has none: whoever runs such a
queue transmits the packets of all. Several senders at once."""
import os
import subprocess
from common import Program, run, slow, some

p = Program("redis-server", "redis-benchmark", "iperf3", "ip", "tc", "nsenter", "unshare")
other = subprocess.Popen(["unshare", "-n", "sleep", "1000"])
p.started.append(other)
here = os.stat("/proc/self/ns/net").st_ino
p.wait(lambda: os.stat("/proc/%d/ns/net" % other.pid).st_ino != here, "a namespace")
p.extra["netns"] = [os.stat("/proc/%d/ns/net" % other.pid).st_ino]
queues = ["numtxqueues", "4", "numrxqueues", "4"]
run("ip", "link", "add", "v0", *queues, "type", "veth", "peer", "name", "v1", *queues, "netns", str(other.pid))
run("ip", "addr", "add", "10.99.0.1/24", "dev", "v0")
run("ip", "link", "set", "v0", "up")
aside = ["nsenter", "-n", "-t", str(other.pid)]
run(*aside, "ip", "addr", "add", "10.99.0.2/24", "dev", "v1")
run(*aside, "ip", "link", "set", "v1", "up")
for to, dev in ([], "v0"), (aside, "v1"):
    if subprocess.run([*to, "tc", "qdisc", "replace", "dev", dev, "root", "mq"], check=False).returncode:
        p.skip("no mq")
p.start("server", "redis-server", "--port", 6379, "--bind", "10.99.0.1", "--protected-mode", "no", "--save", "",
        "--dir", p.dir, wait_port=6379)
p.start("receiver", "iperf3", "-s", "-p", 5201, "-B", "10.99.0.1", wait_port=5201)
p.link("server", "client", 6379)
p.link("receiver", "sender", 5201)
p.up()
n = some(5000)
load = p.start("sender", *aside, "iperf3", "-c", "10.99.0.1", "-p", 5201, "-t", 2, "-P", 3, "-b",
               "100M" if slow() == 1 else "2M")
p.load("client", *aside, "redis-benchmark", "-q", "-h", "10.99.0.1", "-p", 6379, "-c", 10, "-n", n, "-t", "get")
load.wait()
p.expect("client", n, port=6379)
p.expect("server", n, remote=6379)
p.done()
