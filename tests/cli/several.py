#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""several.py SOCKWAKE FOLDER: reports of several files at once. Each test is a line, "0 NAME" or
"1 NAME: WHY". The files are made by docs/format.md alone."""
import itertools
import json
import os
import shutil
import struct
import subprocess
import sys

sys.dont_write_bytecode = True
from make_trace import (BLOCK, CAUSE, END, LEDGER, META, ORDER, READABLE, RECORDS, SOFTIRQ, WAKEUP,
                        block, item, record)

STACK = 3
SECOND = 1_000_000_000
sockwake, folder = sys.argv[1:]
os.chdir(folder)


def wakeup(sock, ts, stack):
    return record(WAKEUP, ts, struct.pack(
        "=QII16sIIHHBBBBII", sock, 990, 990, b"client", 36, 0, 1, 0, 1, SOFTIRQ, 0, 0, stack, stack),
        CAUSE)


def make(name, host, trace, monotonic, realtime, wakeups, hits=None, stack=None):
    """wakeups: times since the trace began, in s; hits: those of the whole trace so far."""
    with open(name, "wb") as f:
        f.write(b"\x8bSWK\r\n\x1a\n" + struct.pack("=HHI", ORDER, 1, 40))
        hook = struct.pack("=BBBB", READABLE, 1, 1, 0) + b"sock_def_readable\0kprobe\0f\0\0"
        f.write(block(META, item(1, b"0") + item(2, host) + item(3, b"6.1") + item(4, b"x86_64")
                      + item(5, struct.pack("=QQ", monotonic * SECOND, realtime * SECOND))
                      + item(7, struct.pack("=Q", trace)) + item(8, b"\0") + item(9, hook)))
        if stack:
            # The kernel's and a process's, by the same number.
            for pid in (0, 990):
                f.write(block(STACK, struct.pack("=II", pid, 5) + stack + b"%d\0" % pid))
        times = [(monotonic + at) * SECOND for at in wakeups]
        f.write(block(RECORDS, b"".join(wakeup(7, ts, 5) for ts in times), len(times), times[0],
                      times[-1]))
        n = hits or len(times)
        ledger = struct.pack("=QII", times[-1], 1, 0) + struct.pack("=QQQQ", READABLE, n, n, 0)
        f.write(block(LEDGER, ledger))
        f.write(block(END, struct.pack("=QQ", 0, len(times))))


def report(*names, stdin=None):
    p = subprocess.run([sockwake, "report", "--format=ndjson", *names], capture_output=True,
                       stdin=stdin or subprocess.DEVNULL, check=False)
    return p.returncode, p.stdout, p.stderr.decode()


def lines(out, kind):
    return [e for e in map(json.loads, out.splitlines()) if e["type"] == kind]


def test(name, why):
    print(f"{1 if why else 0} {name}{': ' + str(why) if why else ''}", flush=True)


# Another machine, up for a day, whose trace begins first; then one, and that one after a reboot.
make("b", b"two", 22, 90_000, 1490, [1, 30, 600], stack=b"second")
make("a", b"one", 11, 500, 1500, [2, 40], stack=b"first")
make("c", b"one", 33, 10, 2000, [3, 4], stack=b"third")
whole = report("b", "a", "c")
woken = lines(whole[1], "wakeup")
begin = woken[0]["ts"] if woken else 0
seen = [(round((e["ts"] - begin) / SECOND), e["kernel_stack"][0], e["user_stack"][0]) for e in woken]
# On the wall: 1491 1502 1520 1540 2003 2004 2090.
want = [(0, "second0", "second990"), (11, "first0", "first990"), (29, "second0", "second990"),
        (49, "first0", "first990"), (512, "third0", "third990"), (513, "third0", "third990"),
        (599, "second0", "second990")]
test("each file has stacks of its own, by the time on the wall",
     whole[0] or whole[2] or (seen != want and seen))
test("sockets of different files are different ones",
     len({e["socket"] for e in woken}) != 3 and woken)
header, summary = lines(whole[1], "header")[0], lines(whole[1], "summary")[0]
test("the header is that of the trace that began first",
     (header["host"], header["realtime_ns"], header["monotonic_ns"]) !=
     ("two", 1490 * SECOND, 90_000 * SECOND) and header)
test("counts of several files add up",
     (summary["hits"], summary["delivered"], summary["complete"]) != (7, 7, True) and summary)
test("no order of files makes a difference",
     [o for o in itertools.permutations("abc") if report(*o) != whole])

# One trace in several files, whose counts go on.
make("part.1", b"one", 44, 500, 1500, [1, 2], hits=2, stack=b"same")
make("part.2", b"one", 44, 500, 1500, [3, 4, 5], hits=5, stack=b"same")
make("part.3", b"one", 44, 500, 1500, [6], hits=6, stack=b"same")
parts = ["part.1", "part.2", "part.3"]
whole = report(*parts)
woken, summary = lines(whole[1], "wakeup"), lines(whole[1], "summary")[0]
test("the files of a recording are one trace",
     whole[0] or len(woken) != 6 or {e["socket"] for e in woken} != {1} or summary["hits"] != 6)
test("in whatever order they are given",
     [o for o in itertools.permutations(parts) if report(*o) != whole])

# One file once, whatever it is called.
once = report("a")
os.symlink("a", "symbolic")
os.link("a", "hard")
shutil.copy("a", "copy")
os.mkdir("sub")
for name, what in (("a", "itself"), ("./a", "./ and itself"), ("sub/../a", "a way around"),
                   ("symbolic", "a symbolic link"), ("hard", "a hard link"), ("copy", "a copy"),
                   (os.path.abspath("a"), "its absolute path")):
    code, out, err = report("a", name)
    test(f"a file and {what} are counted once",
         (code, out) != once[:2] or err.count("\n") != 1 or "counted once" not in err and err)
with open("a", "rb") as f:
    code, out, err = report("a", "-", stdin=f)
test("a file and standard input of it are counted once",
     (code, out) != once[:2] or err.count("\n") != 1)
code, out, err = report("a", "b", "a", "b")
test("each file that is given again is told of",
     code or out != report("a", "b")[1] or err.count("\n") != 2)
# Of one trace, and as long, and yet another file.
make("like.1", b"one", 55, 500, 1500, [1, 2])
make("like.2", b"one", 55, 500, 1500, [3, 4])
test("files that are only alike are both read", len(lines(report("like.1", "like.2")[1], "wakeup")) != 4)
os.symlink("a", "\033[31m")
code, out, err = report("a", "\033[31m")
test("names with control characters stay harmless", "\033" in err or err.count("\n") != 1)
