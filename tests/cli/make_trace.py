#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""make_trace.py FILE N: a trace file, by docs/format.md alone, of N requests that a server is
woken for, that it runs for and takes; the compression is zstd(1)'s."""
import struct
import subprocess
import sys
import zlib

ORDER, BLOCK = 0x0102, 0x424B5753
META, RECORDS, LEDGER, END = 1, 2, 4, 6
SOCKET, WAKEUP, WAIT, DESTROY, WOKEN, RUN, IO = 1, 3, 4, 5, 6, 7, 8
READABLE, SOFTIRQ, CONFIRMED, CAUSE = 0, 1, 0x0100, 0x0400
POLL, RECV, ENDED_BY_WAKEUP, EPOLL = 4, 1, 1, 3
START = 1_000_000_000_000
SOCKETS = 50


def block(kind, raw, records=0, first=0, last=0):
    stored = subprocess.run(["zstd", "-q", "-1", "--check", "-c"], input=raw,
                            stdout=subprocess.PIPE, check=True).stdout
    head = struct.pack("=IB3xIIQQI", BLOCK, kind, len(stored), len(raw), first, last, records)
    return head + struct.pack("=I", zlib.crc32(head)) + stored


def item(tag, data):
    return struct.pack("=HH", tag, len(data)) + data


def record(kind, ts, body, flags=0):
    return struct.pack("=QHBBHH", ts, 16 + len(body), kind, READABLE, 1, flags) + body


def named(i):
    address = bytes([127, 0, 0, 1]) + bytes(12)
    return record(SOCKET, START, struct.pack(
        "=QQQIHHHHHHII16s16s", i, 0, 5000 + i, 7, 2, 1, 6, 6379, 40000 + i, 0, 0, 0,
        address, address))


def request(i):
    """Whose task is woken 2 us after the callback and runs 10 us later."""
    sock, at, task = i % SOCKETS + 1, START + 1000 + i * 100_000, struct.pack("=II16s", 812, 812, b"server")
    return (
        record(WAKEUP, at, struct.pack("=QII16sIIHHBBBBII", sock, 990, 990, b"client\033[31m\xff",
                                       i % 3 * 36, 0, 1, 0, 1, SOFTIRQ, 0, 0, 0, 0), CAUSE)
        + record(WOKEN, at + 1, struct.pack("=QQQ", sock, at, at + 2000) + task
                 + struct.pack("=B7x", EPOLL), CONFIRMED)
        + record(RUN, at + 12_000, struct.pack("=QQQ", sock, at, at + 2000) + task)
        + record(WAIT, at + 12_500, struct.pack("=QQQq", sock, at - 900, at + 12_100, 1) + task
                 + struct.pack("=BB6xQ", POLL, ENDED_BY_WAKEUP, at))
        + record(IO, at + 20_000, struct.pack("=QQqQQQI", sock, at + 18_000, 36, at, at + 12_000, 0, 0)
                 + struct.pack("=IIB3x16s", 812, 812, RECV, b"server"))
    )


def main(path, n):
    with open(path, "wb") as f:
        f.write(b"\x8bSWK\r\n\x1a\n" + struct.pack("=HHI", ORDER, 1, 40))
        f.write(block(META, item(1, b"0") + item(2, b"host") + item(3, b"6.1") + item(4, b"x86_64")
                      + item(5, struct.pack("=QQ", START, 1_700_000_000_000_000_000))
                      + item(7, struct.pack("=Q", 1)) + item(8, b"\1")))
        f.write(block(RECORDS, b"".join(named(i + 1) for i in range(SOCKETS)), SOCKETS, START, START))
        batch = max(100, n // 20)
        for first in range(0, n, batch):
            some = range(first, min(n, first + batch))
            f.write(block(RECORDS, b"".join(map(request, some)), 5 * len(some),
                          START + first * 100_000, START + (some[-1] + 1) * 100_000))
        f.write(block(LEDGER, struct.pack("=QII", START + (n + 1) * 100_000, 0, 0)))
        f.write(block(END, struct.pack("=QQ", 0, SOCKETS + 5 * n)))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
