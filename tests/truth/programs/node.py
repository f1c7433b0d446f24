# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""node's http server; ab over connections that are kept, and new ones."""
from common import Program, some

p = Program("node", "ab", "ip")
p.start("server", "node", p.file("server.js", """
require('http').createServer((request, response) => {
    const body = 'x'.repeat(2000);
    response.writeHead(200, {'Content-Length': body.length});
    response.end(body);
}).listen(8080, '127.0.0.1');
"""), wait_port=8080)
p.link("server", "client", 8080)
p.up()
n = some(1000)
p.load("client", "ab", "-q", "-k", "-c", 4, "-n", n, "http://127.0.0.1:8080/")
p.load("client", "ab", "-q", "-c", 4, "-n", n // 5, "http://127.0.0.1:8080/")
p.expect("client", n, port=8080)
p.expect("server", n, remote=8080)
p.done()
