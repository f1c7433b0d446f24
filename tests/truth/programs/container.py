# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""As containers have it: redis behind a bridge, in a namespace of its own, by a port that is translated."""
import os
import subprocess
from common import Program, run, some

p = Program("redis-server", "redis-benchmark", "nft", "ip", "nsenter", "unshare")
inside = subprocess.Popen(["unshare", "-n", "sleep", "1000"])
p.started.append(inside)
here = os.stat("/proc/self/ns/net").st_ino
p.wait(lambda: os.stat("/proc/%d/ns/net" % inside.pid).st_ino != here, "a namespace")
p.extra["netns"] = [os.stat("/proc/%d/ns/net" % inside.pid).st_ino]
if subprocess.run(["ip", "link", "add", "br0", "type", "bridge"], check=False).returncode:
    p.skip("no bridges")
run("ip", "addr", "add", "10.88.0.1/24", "dev", "br0")
run("ip", "link", "add", "v0", "type", "veth", "peer", "name", "eth0", "netns", str(inside.pid))
run("ip", "link", "set", "v0", "master", "br0")
run("ip", "link", "set", "v0", "up")
run("ip", "link", "set", "br0", "up")
aside = ["nsenter", "-n", "-t", str(inside.pid)]
run(*aside, "ip", "addr", "add", "10.88.0.2/24", "dev", "eth0")
run(*aside, "ip", "link", "set", "eth0", "up")
run(*aside, "ip", "link", "set", "lo", "up")
# From 127.0.0.1, too, as docker-proxy's absence requires.
with open("/proc/sys/net/ipv4/conf/all/route_localnet", "w") as f:
    f.write("1")
subprocess.run(["nft", "-f", "-"], check=True, text=True, input="""
table ip nat {
    chain output { type nat hook output priority -100; tcp dport 7000 dnat to 10.88.0.2:6379; }
    chain postrouting { type nat hook postrouting priority 100; oifname "br0" ip saddr 127.0.0.1 snat to 10.88.0.1; }
}
""")
server = p.start("server", *aside, "redis-server", "--port", 6379, "--protected-mode", "no", "--save", "", "--dir",
                 p.dir, "--logfile", p.dir + "/redis.log")
p.wait(lambda: "eady to accept" in p.text("redis.log"), "redis")
p.link("server", "client", 6379, 7000)
p.up()
n = some(3000)
p.load("client", "redis-benchmark", "-q", "-p", 7000, "-c", 10, "-n", n, "-t", "get")
p.expect("client", n, port=6379)
p.expect("server", n, remote=7000)
p.done()
