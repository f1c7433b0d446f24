# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""A Java server with a thread for each connection, and a client in the same language."""
from common import Program, helper, some

p = Program("java", "ip")
classes = helper("java/.built").rsplit("/", 1)[0]
java = ["java", "-Xshare:auto", "-Xint", "-cp", classes, "Echo"]
p.start("server", *java, "serve", 7000, wait_port=7000)
p.link("server", "client", 7000)
p.up()
n = some(200)
p.load("client", *java, "call", 7000, 5, n)
p.expect("client", 5 * n, port=7000)
p.expect("server", 5 * n, remote=7000)
p.done()
