# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""curl over TLS to nginx, with a certificate made here."""
import subprocess
from common import Program, some

p = Program("nginx", "curl", "openssl", "ip")
p.file("f", "x" * 50000)
subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
                "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", p.dir + "/key",
                "-out", p.dir + "/cert"], check=True, stderr=subprocess.DEVNULL)
p.start("server", "nginx", "-p", p.dir, "-c", p.file("nginx.conf", """
daemon off; pid %(d)s/pid; error_log %(d)s/error.log; worker_processes 1;
events { worker_connections 256; }
http { sendfile on; tcp_nopush on; access_log off; client_body_temp_path %(d)s/b; proxy_temp_path %(d)s/p;
fastcgi_temp_path %(d)s/f1; uwsgi_temp_path %(d)s/u; scgi_temp_path %(d)s/s; keepalive_requests 100000;
server { listen 127.0.0.1:8443 ssl; ssl_certificate %(d)s/cert; ssl_certificate_key %(d)s/key; root %(d)s; } }
""" % {"d": p.dir}), "-e", p.dir + "/error.log", wait_port=8443)
p.link("server", "client", 8443)
p.up()
n = some(100)
url = "https://localhost:8443/f?[1-%d]" % n
for _ in range(3):
    p.load("client", "curl", "-4", "-s", "-S", "--cacert", p.dir + "/cert", "-o", "/dev/null", url)
p.expect("client", 3 * n, port=8443)
p.expect("server", 3 * n, remote=8443)
p.done()
