# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""What the programs of the battery share. Each says in lines of JSON what it knows of itself, and waits for the
runner in between:

    up    its servers run: {"roles": {NAME: [PID...]}, "links": [{"ports": [...], "listener": NAME, ...}], "netns",
          "sockwake": [OPTION...], "may_find": [KIND...]}
    go    (from the runner) tracing is on
    done  the load has run: {"roles": ..., "expect": [...], "facts": {...}}
    end   (from the runner) it ends

Each runs in a network namespace of its own, so that ports are free and its sockets are told from all others."""
import ctypes
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

SKIP = 77
CLONE_NEWNS, CLONE_NEWNET = 0x20000, 0x40000000
MS_REC, MS_PRIVATE = 0x4000, 0x40000


class Program:
    def __init__(self, *needs):
        missing = [n for n in needs if not which(n)]
        if missing:
            print("missing: " + " ".join(missing), file=sys.stderr)
            sys.exit(SKIP)
        if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET):
            sys.exit("unshare: errno %d" % ctypes.get_errno())
        run("ip", "link", "set", "lo", "up")
        self.dir = tempfile.mkdtemp(prefix="truth.")
        os.chmod(self.dir, 0o755)
        self.roles, self.links, self.expected, self.started = {}, [], [], []
        self.extra, self.facts = {}, {}
        # Nothing that it started is left behind, also where it is ended early.
        signal.signal(signal.SIGTERM, self.ended)

    def ended(self, *_):
        self.clean()
        os._exit(1)

    # What it knows
    def role(self, name, *pids):
        self.roles.setdefault(name, []).extend(pids)

    def link(self, listener, connector, *ports, path=None):
        link = {"listener": listener, "connector": connector}
        link.update({"path": path} if path else {"ports": list(ports)})
        self.links.append(link)

    def expect(self, by, at_least, cause="readable", port=None, remote=None, path=None):
        """At least so many wake-ups of the sockets with this local (or remote) end were caused by that role."""
        self.expected.append({"by": by, "at_least": int(at_least), "cause": cause, "port": port, "remote": remote,
                              "path": path})

    # What it runs
    def file(self, name, text=""):
        path = os.path.join(self.dir, name)
        with open(path, "w") as f:
            f.write(text)
        os.chmod(path, 0o644)
        return path

    def text(self, name):
        """What is in the file by now."""
        try:
            with open(os.path.join(self.dir, name), errors="replace") as f:
                return f.read()
        except FileNotFoundError:
            return ""

    def start(self, role, *argv, user=None, wait_port=None, wait_path=None, netns=None, **options):
        argv = [str(a) for a in argv]
        if user:
            argv = ["setpriv", "--reuid=" + user, "--regid=" + user, "--clear-groups", *argv] \
                if which("setpriv") else argv
        options.setdefault("stdout", subprocess.DEVNULL)
        options.setdefault("stderr", open(os.path.join(self.dir, "log"), "a"))
        options.setdefault("stdin", subprocess.DEVNULL)
        p = subprocess.Popen(argv, **options)
        self.started.append(p)
        self.role(role, p.pid)
        if wait_port:
            self.wait(lambda: listening(wait_port), "port %s" % wait_port)
        if wait_path:
            self.wait(lambda: os.path.exists(wait_path), wait_path)
        return p

    def load(self, role, *argv, check=True, **options):
        p = self.start(role, *argv, **options)
        status = p.wait(timeout=60)
        if check and status:
            self.fail("%s: status %d" % (argv[0], status))
        return p

    def fork(self, role, what, *args):
        """Runs the function in a process of its own."""
        pid = os.fork()
        if pid:
            self.role(role, pid)
            self.started.append(Child(pid))
            return pid
        status = 1
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        try:
            with open("/proc/self/comm", "w") as f:
                f.write(role[:15])
            what(*args)
            status = 0
        except BaseException as e:  # pylint: disable=broad-except
            print("%s: %r" % (role, e), file=sys.stderr)
        os._exit(status)

    def wait(self, done, what, limit=30):
        end = time.monotonic() + limit * slow()
        while not done():
            if time.monotonic() > end:
                self.fail("not to be had: " + what)
            time.sleep(.02)

    def fail(self, text):
        print(text, file=sys.stderr)
        print(self.text("log")[-1000:], file=sys.stderr)
        self.clean()
        sys.exit(1)

    @staticmethod
    def own_sysfs():
        """A /sys that shows this namespace's devices, for this process and what it starts alone."""
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.unshare(CLONE_NEWNS) or libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None) or \
                libc.mount(b"sysfs", b"/sys", b"sysfs", 0, None):
            sys.exit("/sys: errno %d" % ctypes.get_errno())

    def skip(self, why):
        self.clean()
        print(why, file=sys.stderr)
        sys.exit(SKIP)

    # What it says
    def up(self):
        self.say("up")
        if sys.stdin.readline().strip() != "go":
            self.clean()
            sys.exit(1)

    def done(self):
        time.sleep(.1)
        self.say("done")
        sys.stdin.readline()
        self.clean()

    def say(self, what):
        print(json.dumps({"type": what, "roles": self.roles, "links": self.links, "expect": self.expected,
                          "netns": [os.stat("/proc/self/ns/net").st_ino, *self.extra.get("netns", ())],
                          "sockwake": self.extra.get("sockwake", []), "may_find": self.extra.get("may_find", []),
                          "facts": self.facts}), flush=True)

    def clean(self):
        for p in reversed(self.started):
            if p.poll() is None:
                p.send_signal(signal.SIGTERM)
        for p in reversed(self.started):
            try:
                p.wait(timeout=5)
            except subprocess.TimeoutExpired:
                p.kill()
                p.wait()
        shutil.rmtree(self.dir, ignore_errors=True)


class Child:
    """A forked child, by the names that Popen has."""

    def __init__(self, pid):
        self.pid, self.status = pid, None

    def poll(self):
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.status = os.waitstatus_to_exitcode(status) if pid else None
        return self.status

    def send_signal(self, number):
        os.kill(self.pid, number)

    def kill(self):
        self.send_signal(signal.SIGKILL)

    def wait(self, timeout=60):
        end = time.monotonic() + timeout * slow()
        while self.poll() is None:
            if time.monotonic() > end:
                raise subprocess.TimeoutExpired(str(self.pid), timeout)
            time.sleep(.01)
        return self.status


def slow():
    """How much longer things may take: an emulated machine is slow."""
    return float(os.environ.get("TRUTH_SLOW", "1"))


def some(number):
    """So many requests here; fewer on a slow machine."""
    return max(20, int(number / float(os.environ.get("TRUTH_LESS", "1"))))


def which(name):
    for place in (os.environ.get("PATH", "") + ":/usr/sbin:/sbin:/usr/local/sbin").split(":"):
        path = os.path.join(place, name)
        if os.access(path, os.X_OK) and os.path.isfile(path):
            return path
    return None


def helper(name):
    """A program of tests/truth/c, as built."""
    path = os.path.join(os.environ.get("TRUTH_PROGRAMS", "build/truth"), name)
    if not os.access(path, os.X_OK):
        print("missing: %s (make truth-programs)" % path, file=sys.stderr)
        sys.exit(SKIP)
    return path


def run(*argv):
    subprocess.run(argv, check=True, stdout=subprocess.DEVNULL)


def listening(port):
    for name in ("tcp", "tcp6", "udp", "udp6"):
        try:
            with open("/proc/self/net/" + name) as f:
                for line in f:
                    cells = line.split()
                    if cells[1].endswith(":%04X" % port) and (name.startswith("udp") or cells[3] == "0A"):
                        return True
        except OSError:
            pass
    return False


def connect(port, host="127.0.0.1"):
    s = socket.create_connection((host, port))
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return s


def get(port, path="/", times=1, host="127.0.0.1"):
    """Requests, each over a connection that is kept."""
    s = connect(port, host)
    for _ in range(times):
        s.sendall(("GET %s HTTP/1.1\r\nHost: x\r\n\r\n" % path).encode())
        read_reply(s)
    s.close()


def read_reply(s):
    data = b""
    while b"\r\n\r\n" not in data:
        more = s.recv(65536)
        if not more:
            raise EOFError("reply: %r" % data)
        data += more
    head, body = data.split(b"\r\n\r\n", 1)
    length = next((int(l.split(b":")[1]) for l in head.split(b"\r\n") if l.lower().startswith(b"content-length")), 0)
    while len(body) < length:
        body += s.recv(65536)
