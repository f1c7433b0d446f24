# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""dnsmasq; dig asks it by UDP and by TCP."""
from common import Program, some

p = Program("dnsmasq", "dig", "ip")
p.start("server", "dnsmasq", "--keep-in-foreground", "--conf-file=" + p.file("conf"), "--port=5353", "--no-resolv",
        "--no-hosts", "--listen-address=127.0.0.1", "--bind-interfaces", "--user=root", "--pid-file=",
        "--address=/example.test/192.0.2.1", wait_port=5353)
p.link("server", "client", 5353)
p.up()
n = some(40)
names = ["n%d.example.test" % i for i in range(n)]
p.load("client", "dig", "-p", "5353", "@127.0.0.1", "+short", *names)
p.load("client", "dig", "-p", "5353", "@127.0.0.1", "+short", "+tcp", *names[:n // 4])
p.expect("client", n, port=5353)
p.done()
