# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""A logger of UNIX datagrams: socat receives what logger sends."""
from common import Program, some

p = Program("socat", "logger", "ip")
path = p.dir + "/log.sock"
p.start("server", "socat", "-u", "UNIX-RECV:" + path, "OPEN:/dev/null", wait_path=path)
p.link("server", "client", path=path)
p.up()
n = some(300)
p.load("client", "logger", "-u", path, "-d", "-f", p.file("lines", "a line\n" * n))
for i in range(10):
    p.load("client", "logger", "-u", path, "-d", "one line")
p.expect("client", n + 10, path=path)
p.done()
