# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""nginx as Debian ships it (sendfile on, tcp_nopush on): files by connections that are kept, and by new ones."""
from common import Program, get, some

p = Program("nginx", "ip")
for name, size in (("small", 1000), ("large", 300000)):
    p.file(name, "x" * size)
conf = p.file("nginx.conf", """
daemon off; pid %(d)s/pid; error_log %(d)s/error.log; worker_processes 2;
events { worker_connections 256; }
http { sendfile on; tcp_nopush on; access_log off; client_body_temp_path %(d)s/b; proxy_temp_path %(d)s/p;
fastcgi_temp_path %(d)s/f; uwsgi_temp_path %(d)s/u; scgi_temp_path %(d)s/s; keepalive_requests 100000;
server { listen 127.0.0.1:8080; root %(d)s; } }
""" % {"d": p.dir})
p.start("server", "nginx", "-p", p.dir, "-c", conf, "-e", p.dir + "/error.log", wait_port=8080)
p.link("server", "client", 8080)
p.up()
n = some(1500)


def load():
    get(8080, "/small", n)
    get(8080, "/large", n // 10)
    for _ in range(n // 10):
        get(8080, "/small")


pid = p.fork("client", load)
if p.started[-1].wait():
    p.fail("the client failed")
p.expect("client", n, port=8080)
p.expect("server", n, remote=8080)
p.done()
