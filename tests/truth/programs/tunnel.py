# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""A tunnel between two namespaces: socat carries the packets of others, and sends none of its own by it."""
import os
import subprocess
from common import Program, run, some

p = Program("redis-server", "redis-benchmark", "socat", "ip", "nsenter", "unshare", "ping")
if not os.path.exists("/dev/net/tun"):
    p.skip("no /dev/net/tun")
other = subprocess.Popen(["unshare", "-n", "sleep", "1000"])
p.started.append(other)
here = os.stat("/proc/self/ns/net").st_ino
p.wait(lambda: os.stat("/proc/%d/ns/net" % other.pid).st_ino != here, "a namespace")
p.extra["netns"] = [os.stat("/proc/%d/ns/net" % other.pid).st_ino]
aside = ["nsenter", "-n", "-t", str(other.pid)]
path = p.dir + "/tunnel"
p.start("carrier", "socat", "TUN:10.77.0.1/24,tun-name=t0,iff-no-pi,up", "UNIX-LISTEN:" + path, wait_path=path)
p.start("carrier", *aside, "socat", "TUN:10.77.0.2/24,tun-name=t0,iff-no-pi,up", "UNIX-CONNECT:" + path)
p.wait(lambda: not subprocess.run([*aside, "ping", "-c", "1", "-W", "1", "10.77.0.1"], stdout=subprocess.DEVNULL,
                                  check=False).returncode, "the tunnel")
p.start("server", "redis-server", "--port", 6379, "--bind", "10.77.0.1", "--protected-mode", "no", "--save", "",
        "--dir", p.dir, wait_port=6379)
p.link("server", "client", 6379)
p.up()
n = some(1000)
p.load("client", *aside, "redis-benchmark", "-q", "-h", "10.77.0.1", "-p", 6379, "-c", 5, "-n", n, "-t", "get")
p.done()
