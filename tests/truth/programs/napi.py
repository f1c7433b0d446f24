# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""A veth pair between namespaces, whose packets threads of the kernel's receive (threaded NAPI, GRO)."""
import os
import subprocess
from common import Program, run, some

p = Program("redis-server", "redis-benchmark", "ip", "nsenter", "unshare", "ethtool")
other = subprocess.Popen(["unshare", "-n", "sleep", "1000"])
p.started.append(other)
here = os.stat("/proc/self/ns/net").st_ino
p.wait(lambda: os.stat("/proc/%d/ns/net" % other.pid).st_ino != here, "a namespace")
p.extra["netns"] = [os.stat("/proc/%d/ns/net" % other.pid).st_ino]
aside = ["nsenter", "-n", "-t", str(other.pid)]
run("ip", "link", "add", "v0", "type", "veth", "peer", "name", "v1")
run("ip", "link", "set", "v1", "netns", str(other.pid))
run("ip", "addr", "add", "10.99.0.1/24", "dev", "v0")
run(*aside, "ip", "addr", "add", "10.99.0.2/24", "dev", "v1")
for place, name in ([], "v0"), (aside, "v1"):
    run(*place, "ethtool", "-K", name, "gro", "on")
    run(*place, "ip", "link", "set", name, "up")
    if subprocess.run([*place, "unshare", "-m", "sh", "-c", "mount -t sysfs sysfs /sys && echo 1 > "
                       "/sys/class/net/%s/threaded" % name], check=False).returncode:
        p.skip("no threaded NAPI")
p.start("server", "redis-server", "--port", 6379, "--bind", "10.99.0.1", "--protected-mode", "no", "--save", "",
        "--dir", p.dir, wait_port=6379)
p.link("server", "client", 6379)
p.up()
n = some(3000)
p.load("client", *aside, "redis-benchmark", "-q", "-h", "10.99.0.1", "-p", 6379, "-c", 10, "-n", n, "-t", "get")
p.load("client", *aside, "redis-benchmark", "-q", "-h", "10.99.0.1", "-p", 6379, "-c", 2, "-n", n // 10, "-d", 50000, "-t",
       "set,get")
p.done()
