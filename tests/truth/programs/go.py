# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""A Go server that echoes by io.Copy, which is splice(2); a Go client with thirty connections."""
from common import Program, helper, some

p = Program("ip")
echo = helper("echo-go")
p.start("server", echo, "serve", "127.0.0.1:7000", wait_port=7000)
p.link("server", "client", 7000)
p.up()
n = some(50)
p.load("client", echo, "call", "127.0.0.1:7000", 30, n)
p.expect("client", 30 * n, port=7000)
p.expect("server", 30 * n, remote=7000)
p.done()
