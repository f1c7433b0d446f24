# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""PostgreSQL, a process for each connection; pgbench by TCP and by UNIX."""
import glob
import os
import pwd
import subprocess
from common import Program, some

places = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
if places:
    os.environ["PATH"] += ":" + places[-1]
p = Program("initdb", "postgres", "pgbench", "ip", "setpriv")
user = pwd.getpwnam("postgres")
os.chown(p.dir, user.pw_uid, user.pw_gid)
aside = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
data = p.dir + "/data"
subprocess.run([*aside, "initdb", "-N", "-A", "trust", "-U", "postgres", "-D", data], check=True,
               stdout=subprocess.DEVNULL)
path = p.dir + "/.s.PGSQL.5432"
p.start("server", "postgres", "-D", data, "-k", p.dir, "-p", 5432, "-h", "127.0.0.1", "-F", user="postgres",
        wait_port=5432, wait_path=path)
p.link("server", "client", 5432)
p.link("server", "client", path=path)
p.load("setup", "pgbench", "-i", "-q", "-U", "postgres", "-h", p.dir, "postgres")
p.up()
n = some(300)
p.load("client", "pgbench", "-n", "-S", "-c", 4, "-j", 2, "-t", n, "-U", "postgres", "-h", "127.0.0.1", "postgres")
p.load("client", "pgbench", "-n", "-S", "-c", 4, "-j", 2, "-t", n, "-U", "postgres", "-h", p.dir, "postgres")
p.expect("client", 4 * n, port=5432)
p.expect("client", 4 * n, path=path)
p.done()
