#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""files.py SOCKWAKE FOLDER: files that are written, and what must not be. Each test is a line, "0 NAME",
"1 NAME: WHY" or "skip NAME: WHY"."""
import json
import os
import resource
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time

sockwake, folder = sys.argv[1:]
here = os.path.dirname(os.path.abspath(__file__))
os.chdir(folder)
os.umask(0o022)
OTHER = 12345


def test(name, why):
    print(f"{1 if why else 0} {name}{': ' + str(why) if why else ''}", flush=True)


def run(*args, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, **more):
    p = subprocess.run([sockwake, *args], stdin=stdin, stdout=stdout, stderr=subprocess.PIPE,
                       timeout=60, check=False, **more)
    return p.returncode, p.stdout, p.stderr.decode(errors="replace")


def content(name):
    with open(name, "rb") as f:
        return f.read()


def write(name, text="old\n"):
    with open(name, "w", encoding="ascii") as f:
        f.write(text)


def refused(name, got, pattern, status=2):
    """One line that says why, and nothing but that."""
    code, out, err = got
    test(name, (code != status or err.count("\n") != 1 or pattern not in err or out) and got)


subprocess.run([sys.executable, f"{here}/make_trace.py", "a.swk", "200"], check=True)
original = content("a.swk")
shown = run("report", "a.swk")[1]

for args in (["--socket=999"], ["--from=90m"], ["--proto=icmp"]):
    code, out, err = run("report", *args, "a.swk")
    test(f"that {args[0]} leaves nothing is told", code or err.count("\n") != 1 or "no event" not in err and err)
test("what leaves something is not", run("report", "--socket=1", "a.swk")[2])

# The input, whole, or by another name.
os.symlink("a.swk", "symbolic")
os.mkdir("sub")
os.symlink("..", "sub/up")
for name in ("a.swk", "./a.swk", "symbolic", "sub/../a.swk", "sub/up/a.swk", os.path.abspath("a.swk")):
    for command in (["report"], ["export", "--format=csv"], ["export", "--format=html"]):
        refused(f"{' '.join(command)} does not write {name.replace(folder, '')} over its input",
                run(*command, "-o", name, "a.swk"), "cannot be the output")
refused("nor over one of several", run("report", "-o", "a.swk", "symbolic"), "cannot be the output")
with open("a.swk", "rb") as f:
    refused("nor over standard input", run("report", "-o", "a.swk", "-", stdin=f), "cannot be the output")
with open("a.swk", "ab") as f:
    refused("nor behind it by standard output", run("report", "a.swk", stdout=f)[:1] + (b"",) +
            run("report", "a.swk", stdout=f)[2:], "cannot be the output")
with open("a.swk", "ab") as f:
    refused("nor by the name of that", run("report", "-o", "/dev/stdout", "a.swk", stdout=f)[:1] + (b"",) +
            run("report", "-o", "/dev/stdout", "a.swk", stdout=f)[2:], "cannot be the output")
os.link("a.swk", "hard")
code, out, err = run("report", "-o", "hard", "a.swk")
test("nor over another name of it", (code, err.count("\n")) != (2, 1) and err)
os.unlink("hard")
test("the recording is what it was", content("a.swk") != original)

# What was there before.
write("out")
code, out, err = run("report", "-o", "out", "a.swk")
test("a file of one's own is written over", (code, content("out")) != (0, shown) and err)
write("out")
code, out, err = run("report", "-o", "out", "nofile")
test("but not before the input could be read", content("out") != b"old\n")
code, out, err = run("report", "-o", "new", "nofile")
test("and none is made then", os.path.exists("new"))
run("report", "-o", "new", "a.swk")
test("a new one is for its owner alone", stat.S_IMODE(os.stat("new").st_mode) != 0o600)
write("twice")
os.link("twice", "again")
refused("one that has another name, too, stays", run("report", "-o", "twice", "a.swk"), "another name")
test("it is what it was", content("again") != b"old\n")
os.symlink("target", "link")
code, out, err = run("report", "-o", "link", "a.swk")
test("a link in one's own folder is followed", (code, content("target")) != (0, shown) and err)
refused("a folder is none", run("report", "-o", "sub", "a.swk"), "Is a directory")
refused("nor is what can only be one", run("report", "-o", "sub/", "a.swk"), "Is a directory")

# Names of what is open already.
with open("log", "wb") as f:
    f.write(b"before\n")
    f.flush()
    run("report", "-o", "/dev/stdout", "a.swk", stdout=f)
test("/dev/stdout is standard output, and goes on behind what is there",
     content("log") != b"before\n" + shown)
os.symlink("/dev/stdout", "stdout")
test("also by a link", run("report", "-o", "stdout", "a.swk")[1] != shown)
a, b = socket.socketpair()
a.shutdown(socket.SHUT_WR)
b.settimeout(10)
code = run("report", "-s", "-o", "/dev/fd/1", "a.swk", stdout=b)[0]
b.close()
got = b""
while part := a.recv(65536):
    got += part
test("also where it is a socket", code or got != run("report", "-s", "a.swk")[1])
refused("a descriptor that is not open", run("report", "-o", "/dev/fd/77", "a.swk"), "Bad file descriptor")
with open("out", "rb") as f:
    refused("one that is for reading", run("report", "-o", "/dev/fd/0", "a.swk", stdin=f), "Bad file descriptor")
code, out, err = run("report", "a.swk", preexec_fn=lambda: os.close(1))
test("no file takes the place of a standard output that is closed",
     (code, err.count("\n")) != (2, 1) or content("a.swk") != original)

# Links, and files, of others.
if os.geteuid() == 0:
    write("victim")
    os.mkdir("shared")
    os.chmod("shared", 0o1777)
    os.symlink("../victim", "shared/link")
    os.lchown("shared/link", OTHER, OTHER)
    os.symlink("..", "shared/folder")
    os.lchown("shared/folder", OTHER, OTHER)
    for name in ("shared/link", "shared/folder/victim"):
        refused(f"{name} of another user is not followed", run("report", "-o", name, "a.swk"), "a link leads")
        refused(f"{name} is not by record", run("record", "-f", "-o", name, "-d", "1"), "a link leads")
    write("shared/theirs")
    os.chown("shared/theirs", OTHER, OTHER)
    refused("nor is another user's file written", run("report", "-o", "shared/theirs", "a.swk"),
            "another user's")
    os.mkfifo("shared/pipe")
    os.chown("shared/pipe", OTHER, OTHER)
    holder = os.open("shared/pipe", os.O_RDONLY | os.O_NONBLOCK)
    refused("nor another user's pipe", run("report", "-o", "shared/pipe", "a.swk"), "another user's")
    test("none of it came out of there", os.read(holder, 1))
    os.close(holder)
    os.mkdir("folder_of_other")
    os.chown("folder_of_other", OTHER, OTHER)
    os.mkfifo("folder_of_other/pipe")
    os.chown("folder_of_other/pipe", OTHER, OTHER)
    reader = subprocess.Popen(["cat", "folder_of_other/pipe"], stdout=subprocess.PIPE)
    code, out, err = run("report", "-o", "folder_of_other/pipe", "a.swk")
    test("but one in that user's own folder", (code, reader.communicate(timeout=20)[0]) != (0, shown) and err)
    test("none of them was touched", content("victim") + content("shared/theirs") != b"old\nold\n")

# Standard input: not from its beginning; not there yet, and not waited for.
with open("behind", "wb") as f:
    f.write(b"\0" * 512 + original)
with open("behind", "rb") as f:
    os.lseek(f.fileno(), 512, os.SEEK_SET)
    test("a file behind something else", run("report", "-", stdin=f)[:2] != (0, shown))
left, right = os.pipe()
os.set_blocking(left, False)
writer = subprocess.Popen(["sh", "-c", "sleep 0.5; exec cat a.swk"], stdout=right)
os.close(right)
got = run("report", "-", stdin=left)
test("a pipe that does not block", got[:2] != (0, shown) and got)
os.close(left)
writer.wait()

# Pipes that nobody reads, and full disks.
os.mkfifo("pipe")
begun = time.monotonic()
refused("a pipe that nobody reads is not waited for", run("report", "-o", "pipe", "a.swk"), "nobody reads")
test("not for long", time.monotonic() - begun > 20)
reader = subprocess.Popen(["sh", "-c", "sleep 0.3; cat pipe"], stdout=subprocess.PIPE)
code, out, err = run("report", "-o", "pipe", "a.swk")
test("a reader may come a little later", (code, reader.communicate(timeout=20)[0]) != (0, shown) and err)
for args in (["--help"], ["--version"], ["report", "--help"], ["report", "a.swk"]):
    with open("/dev/full", "wb") as f:
        refused(f"{' '.join(args)} to a full disk", run(*args, stdout=f)[:1] + (b"",) +
                run(*args, stdout=f)[2:], "No space left")


def limit(size):
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


for form in ("ndjson", "csv"):
    code, out, err = run("export", f"--format={form}", "-o", f"cut.{form}", "a.swk", preexec_fn=limit(10_000))
    whole = run("export", f"--format={form}", "a.swk")[1]
    cut = content(f"cut.{form}")
    test(f"{form} that is cut short ends with a whole line",
         code != 2 or not 0 < len(cut) <= 10_000 or not whole.startswith(cut) or cut[-1:] != b"\n"
         or "last whole line" not in err)
    whole_lines = 10_000 - len(cut)
    test(f"{form}: no more than one line is missing", whole_lines > 2000 and whole_lines)

# What needs a kernel that can be traced.
LIVE = ["a start that fails leaves what was there", "files of a trace"]
code, out, err = run("doctor")
if code:
    for name in LIVE:
        print(f"skip {name}: {err.strip()}")
    sys.exit()

write("out")
for args in (["trace"], ["record", "-f"]):
    refused(f"{args[0]}: a start that fails leaves what was there",
            run(*args, "-o", "out", "--btf", "/dev/null", "-d", "1"), "cannot read BTF")
    test(f"{args[0]}: it does", content("out") != b"old\n")
    run(*args, "-o", "fresh", "--btf", "/dev/null", "-d", "1")
    test(f"{args[0]}: and no new file", os.path.exists("fresh"))
with open("/dev/full", "wb") as f:
    refused("doctor to a full disk", run("doctor", stdout=f)[:1] + (b"",) + run("doctor", stdout=f)[2:],
            "No space left")
shutil.copy("/sys/kernel/btf/vmlinux", "btf")
before = content("btf")
for args in (["trace"], ["record", "-f"]):
    refused(f"{args[0]} does not write over --btf", run(*args, "-o", "btf", "--btf", "btf", "-d", "1"), "--btf")
refused("nor does the ready file", run("-o", "x", "--btf", "btf", "--ready-file", "btf", "-d", "1"),
        "ready file")
test("it is what it was", content("btf") != before)
refused("nor the ready file over the output", run("record", "-o", "same", "--ready-file", "same", "-d", "1"),
        "ready file")

code, out, err = run("record", "-o", "/dev/stdout", "-d", "300ms")
with open("stdout.swk", "wb") as f:
    f.write(out)
test("record to /dev/stdout", code or run("report", "-s", "stdout.swk")[0])
write("empty.swk", "")
test("an empty file, which a start that was killed leaves, is in nobody's way",
     run("record", "-o", "empty.swk", "-d", "100ms")[0] or run("report", "-s", "empty.swk")[0])


def begin(*args, **more):
    """A trace, once it is ready."""
    if os.path.exists("ready"):
        os.unlink("ready")
    p = subprocess.Popen([sockwake, *args, "--ready-file", "ready"], stdin=subprocess.DEVNULL,
                         stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **more)
    until = time.monotonic() + 30
    while p.poll() is None and time.monotonic() < until:
        if os.path.exists("ready") and content("ready") == b"ready\n":
            break
        time.sleep(0.05)
    return p


def end(p):
    if p.poll() is None:
        p.send_signal(signal.SIGINT)
    err = p.communicate(timeout=30)[1].decode(errors="replace")
    return p.returncode, err


first = begin("record", "-f", "-o", "locked.swk", "-d", "20")
refused("two do not write into one file", run("record", "-f", "-o", "locked.swk", "-d", "1"), "another sockwake")
code, err = end(first)
test("and the first one's is whole", code or run("report", "-s", "locked.swk")[0])

# Neither was there when the other looked.
both = [subprocess.Popen([sockwake, "record", "-f", "-o", "new.swk", "-d", "20"], stdin=subprocess.DEVNULL,
                         stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) for _ in range(2)]
until = time.monotonic() + 30
while all(p.poll() is None for p in both) and time.monotonic() < until:
    time.sleep(0.05)
both.sort(key=lambda p: p.poll() is None)
refused("of two that begin at once one writes", (both[0].poll(), "", end(both[0])[1]), "another sockwake")
code, err = end(both[1])
test("and what it writes is whole", code or run("report", "-s", "new.swk")[0])


def load(seconds):
    """Connections that come and go; returns how many."""
    listener = socket.create_server(("127.0.0.1", 0))
    until, n = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        a = socket.create_connection(listener.getsockname())
        b = listener.accept()[0]
        a.send(b"x")
        b.recv(10)
        a.close()
        b.close()
        n += 1
    listener.close()
    return n


def sizes(prefix):
    return {n: os.path.getsize(n) for n in os.listdir(".") if n.startswith(prefix)}


def summary(*names):
    code, out, err = run("report", "--format=ndjson", *names)
    return code, json.loads(out.splitlines()[-1]) if out else err


p = begin("record", "--max-size=256K", "-o", "max.swk", "-d", "60")
load(8)
code, err = end(p)
size = sizes("max.swk")["max.swk"]
test("--max-size is kept to the byte", (code or not 200 << 10 < size <= 256 << 10) and (code, size))
code, totals = summary("max.swk")
test("and what came later is not in the trace",
     code or totals["hits"] != totals["delivered"] + totals["filtered"] + sum(totals["lost"].values()) and totals)

for rung in ("auto", "tracepoint"):
    p = begin("record", f"--attach={rung}", "--max-size=64K", "--rotate=3", "-o", f"{rung}.swk", "-d", "60")
    n = load(6)
    code, err = end(p)
    files = sizes(f"{rung}.swk")
    test(f"{rung}: --rotate keeps the last three",
         code or len(files) != 3 or max(files.values()) > 64 << 10 or min(n, 1000) < 1000 and (files, n, err))
    newest = sorted(files, key=lambda name: int(name.rsplit(".", 1)[1]))
    named = [e for e in map(json.loads, run("report", "--live", "--format=ndjson", newest[1])[1].splitlines())
             if e["type"] == "wakeup"]
    test(f"{rung}: each file has wake-ups, of sockets that have names",
         len(named) < 100 or sum("local" in e for e in named) < len(named) * 0.9 and len(named))

os.mkdir("stop.swk.2")
p = begin("record", "-f", "--max-size=64K", "--rotate=2", "-o", "stop.swk", "-d", "60")
load(3)
code, err = end(p)
test("rotation that cannot go on says so", code != 2 or "cannot go on in 'stop.swk.2'" not in err and (code, err))
test("what was recorded until then is whole", run("report", "-s", "stop.swk")[0])
refused("a file that would be in the way later is now",
        run("record", "--max-size=64K", "--rotate=2", "-o", "stop.swk.new", "-d", "1")
        if write("stop.swk.new.7") else run("record", "--max-size=64K", "--rotate=2", "-o", "stop.swk.new",
                                            "-d", "1"), "stop.swk.new.7': File exists")
p = begin("record", "-o", "limit.swk", "-d", "60", preexec_fn=limit(100_000))
load(6)
code, err = end(p)
test("beyond ulimit -f it ends as on a full disk", code != 2 or "File too large" not in err and (code, err))
test("with a file that was cut", run("report", "-s", "limit.swk")[0] != 2)
if os.geteuid() == 0:
    os.mknod("null", stat.S_IFCHR | 0o666, os.makedev(1, 3))
    refused("what is no file is not rotated", run("record", "-f", "--max-size=64K", "--rotate=2", "-o", "null",
                                                  "-d", "1"), "not a file")
    test("nor removed", not os.path.exists("null"))
    os.mkdir("theirs", 0o755)
    os.chown("theirs", OTHER, OTHER)
    p = begin("record", "--max-size=64K", "--rotate=2", "-o", "theirs/r.swk", "-d", "60")
    load(3)
    code, err = end(p)
    test("a folder of another user: rotation", code or len(os.listdir("theirs")) != 2 and (code, err))
    code, out, err = run("-q", "--ready-file", "theirs/ready", "-d", "100ms")
    test("a folder of another user: the ready file", code or content("theirs/ready") != b"ready\n" and err)
