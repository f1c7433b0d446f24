# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""memcached with four threads; memcslap sets and gets."""
from common import Program, some

p = Program("memcached", "memcslap", "ip")
p.start("server", "memcached", "-u", "nobody", "-l", "127.0.0.1", "-p", 11211, "-t", 4, wait_port=11211)
p.link("server", "client", 11211)
p.up()
n = some(400)
for test in "set", "get":
    p.load("client", "memcslap", "--servers=127.0.0.1:11211", "--concurrency=4", "--test=" + test,
           "--execute-number=%d" % n, "--initial-load=%d" % n, "--flush")
p.expect("client", n, port=11211)
p.expect("server", n, remote=11211)
p.done()
