#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""valid.py SOCKWAKE FOLDER: the outcome of traces with more than is named, against the schema and
by the columns of CSV. Each test is a line, "0 NAME" or "1 NAME: WHY"."""
import csv
import io
import json
import os
import struct
import subprocess
import sys

sys.dont_write_bytecode = True
from make_trace import (CAUSE, CONFIRMED, END, EPOLL, LEDGER, META, ORDER, RECORDS, RUN, SOFTIRQ,
                        START, WAKEUP, WOKEN, block, item, record)

here = os.path.dirname(os.path.abspath(__file__))
sockwake, folder = sys.argv[1:]
MS = 1_000_000


def late(sock, at, pid):
    """A task that runs half a second after it was woken."""
    task = struct.pack("=II16s", pid, pid, b'"a,b\r\n\x1b[31m\xff')
    return (
        record(WAKEUP, at, struct.pack("=QII16sIIHHBBBBII", sock, 990, 990, b"client", 36, 0, 1, 0, 1,
                                       SOFTIRQ, 0, 0, 0, 0), CAUSE)
        + record(WOKEN, at + 1, struct.pack("=QQQ", sock, at, at + 2000) + task
                 + struct.pack("=B7x", EPOLL), CONFIRMED)
        + record(RUN, at + 500 * MS, struct.pack("=QQQ", sock, at, at + 2000) + task))


def make(name, pairs):
    """pairs: of sockets and tasks."""
    records = [late(sock, START + i * 600 * MS, pid) for i, (sock, pid) in enumerate(pairs)]
    end = START + len(pairs) * 600 * MS
    with open(name, "wb") as f:
        f.write(b"\x8bSWK\r\n\x1a\n" + struct.pack("=HHI", ORDER, 1, 40))
        f.write(block(META, item(1, b"0") + item(2, b"host") + item(3, b"6.1") + item(4, b"x86_64")
                      + item(5, struct.pack("=QQ", START, 1_700_000_000_000_000_000))
                      + item(7, struct.pack("=Q", 1)) + item(8, b"\1")))
        for i in range(0, len(records), 2000):
            some = records[i:i + 2000]
            f.write(block(RECORDS, b"".join(some), 3 * len(some), START, end))
        f.write(block(LEDGER, struct.pack("=QII", end, 0, 0)))
        f.write(block(END, struct.pack("=QQ", 0, 3 * len(records))))


def test(name, why):
    print(f"{1 if why else 0} {name}{': ' + str(why) if why else ''}", flush=True)


def run(*args):
    return subprocess.run([sockwake, *args], stdout=subprocess.PIPE, check=False).stdout


os.chdir(folder)
for what, pairs in (("tasks", [(7, 100 + i) for i in range(12)]),
                    ("sockets", [(100 + i, 100) for i in range(4300)])):
    make(what, pairs)
    out = run("report", "--format=ndjson", what)
    with open(what + ".ndjson", "wb") as f:
        f.write(out)
    findings = [e for e in map(json.loads, out.splitlines()) if e["type"] == "finding"]
    test(f"many {what} have findings", not findings)
    if what == "tasks":
        test("tasks that are not named are counted",
             not any(len(e["tasks"]) + e.get("more_tasks", 0) == 12 for e in findings) and findings)
    p = subprocess.run([sys.executable, f"{here}/../golden/validate.py", "--some",
                        f"{here}/../../docs/schema/ndjson.schema.json", what + ".ndjson"],
                       capture_output=True, check=False)
    test(f"findings of many {what} are as the schema says", p.returncode and p.stdout or p.stderr)
    rows = list(csv.reader(io.StringIO(run("export", "--format=csv", what).decode(), newline="")))
    test(f"CSV of many {what} has as many columns everywhere",
         len(rows) != 1 + 3 * len(pairs) or len({len(r) for r in rows}) != 1)
