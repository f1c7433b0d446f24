# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""Apache with its event MPM; ab over connections that are kept, and new ones."""
import glob
from common import Program, some

p = Program("apache2", "ab", "ip")
p.file("f", "x" * 20000)
modules = "/usr/lib/apache2/modules/mod_%s.so"
p.start("server", "apache2", "-X" if not glob.glob(modules % "mpm_event") else "-DFOREGROUND", "-f",
        p.file("apache.conf", """
ServerName x
ServerRoot %(d)s
PidFile %(d)s/pid
ErrorLog %(d)s/error.log
Listen 127.0.0.1:8080
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
Mutex pthread
User nobody
Group nogroup
KeepAlive On
MaxKeepAliveRequests 0
StartServers 1
ThreadsPerChild 8
MaxRequestWorkers 16
DocumentRoot %(d)s
""" % {"d": p.dir}), wait_port=8080)
p.link("server", "client", 8080)
p.up()
n = some(1000)
p.load("client", "ab", "-q", "-k", "-c", 4, "-n", n, "http://127.0.0.1:8080/f")
p.load("client", "ab", "-q", "-c", 4, "-n", n // 5, "http://127.0.0.1:8080/f")
p.expect("client", n, port=8080)
p.expect("server", n, remote=8080)
p.done()
