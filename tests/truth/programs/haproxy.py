# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""haproxy, which moves what it can by splice(2), before nginx; requests by ab over connections that are kept."""
from common import Program, some

p = Program("haproxy", "nginx", "ab", "ip")
p.file("f", "x" * 100000)
p.start("backend", "nginx", "-p", p.dir, "-c", p.file("nginx.conf", """
daemon off; pid %(d)s/pid; error_log %(d)s/error.log; worker_processes 1;
events { worker_connections 256; }
http { sendfile on; tcp_nopush on; access_log off; client_body_temp_path %(d)s/b; proxy_temp_path %(d)s/p;
fastcgi_temp_path %(d)s/f1; uwsgi_temp_path %(d)s/u; scgi_temp_path %(d)s/s; keepalive_requests 100000;
server { listen 127.0.0.1:8081; root %(d)s; } }
""" % {"d": p.dir}), "-e", p.dir + "/error.log", wait_port=8081)
p.start("proxy", "haproxy", "-db", "-f", p.file("haproxy.cfg", """
global
    nbthread 2
    maxconn 100
defaults
    mode http
    option splice-request
    option splice-response
    timeout connect 5s
    timeout client 30s
    timeout server 30s
frontend in
    bind 127.0.0.1:8080
    default_backend out
backend out
    server s1 127.0.0.1:8081
"""), wait_port=8080)
p.link("proxy", "client", 8080)
p.link("backend", "proxy", 8081)
p.up()
n = some(400)
p.load("client", "ab", "-q", "-k", "-c", 4, "-n", n, "http://127.0.0.1:8080/f")
p.expect("client", n, port=8080)
p.expect("proxy", n, port=8081)
p.expect("proxy", n, remote=8080)
p.done()
