# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""redis with threads for its input and output; redis-benchmark one at a time and pipelined, by TCP and UNIX."""
from common import Program, some

p = Program("redis-server", "redis-benchmark", "ip")
path = p.dir + "/redis.sock"
p.start("server", "redis-server", "--port", 6379, "--bind", "127.0.0.1", "--unixsocket", path, "--save", "",
        "--io-threads", 2, "--io-threads-do-reads", "yes", "--dir", p.dir, wait_port=6379, wait_path=path)
p.link("server", "client", 6379)
p.link("server", "client", path=path)
p.up()
n = some(5000)
p.load("client", "redis-benchmark", "-q", "-p", 6379, "-c", 10, "-n", n, "-t", "get,set")
p.load("client", "redis-benchmark", "-q", "-p", 6379, "-c", 10, "-n", 4 * n, "-P", 16, "-t", "get")
p.load("client", "redis-benchmark", "-q", "-s", path, "-c", 4, "-n", n, "-t", "get")
p.expect("client", 2 * n, port=6379)
p.expect("server", 2 * n, remote=6379)
p.expect("client", n, path=path)
p.done()
