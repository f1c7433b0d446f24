# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""hang.py SOCKWAKE FOLDER: a file system that stops to answer keeps no signal from ending it.

A server of FUSE, as small as can be: one file may be made and written to, until it stops to take
requests.  (One that it took, and does not answer, the kernel waits for whatever comes.)
"""
import ctypes
import errno
import os
import signal
import stat
import struct
import subprocess
import sys
import threading
import time

LOOKUP, FORGET, GETATTR, SETATTR, OPEN, WRITE, RELEASE = 1, 2, 3, 4, 14, 16, 18
INIT, OPENDIR, CREATE = 26, 27, 35
DIRECT_IO = 1
CLONE_NEWNS, MS_REC, MS_PRIVATE = 0x20000, 1 << 14, 1 << 18
LIMIT_S = 2.5  # two seconds, and what ends take

libc = ctypes.CDLL(None, use_errno=True)


def attributes(node):
    mode = 0o40755 if node == 1 else 0o100600
    return struct.pack("<6Q10I", node, 0, 0, 0, 0, 0, 0, 0, 0, mode, 1, 0, 0, 0, 4096, 0)


def answer(opcode, node, request):
    """What the kernel is told: an error, and bytes."""
    if opcode == INIT:
        return 0, struct.pack("<4I2H2I2H8I", 7, 31, 4096, 0, 9, 9, 4096, 1, 0, 0, *[0] * 8)
    if opcode in (GETATTR, SETATTR):
        return 0, struct.pack("<Q2I", 0, 0, 0) + attributes(node)
    if opcode in (OPEN, OPENDIR):
        return 0, struct.pack("<Q2I", 1, DIRECT_IO, 0)
    if opcode == CREATE:
        return 0, (struct.pack("<4Q2I", 2, 0, 0, 0, 0, 0) + attributes(2) +
                   struct.pack("<Q2I", 1, DIRECT_IO, 0))
    if opcode == RELEASE:
        return 0, b""
    if opcode == WRITE:
        return 0, request[56:60] + bytes(4)
    return (-errno.ENOENT if opcode == LOOKUP else -errno.ENOSYS), b""


class Server(threading.Thread):
    def __init__(self, fuse):
        super().__init__(daemon=True)
        self.fuse = fuse
        self.written = threading.Event()
        self.stopped = False

    def run(self):
        while not self.stopped:
            try:
                request = os.read(self.fuse, 1 << 20)
            except OSError as e:
                if e.errno in (errno.EINTR, errno.ENOENT):
                    continue
                return
            _, opcode, unique, node = struct.unpack_from("<2I2Q", request)
            if opcode == FORGET:
                continue
            error, data = answer(opcode, node, request)
            # Before who writes goes on, and may clear it.
            if opcode == WRITE:
                self.written.set()
            try:
                os.write(self.fuse, struct.pack("<IiQ", 16 + len(data), error, unique) + data)
            except OSError:
                continue  # who asked is gone


def mount(folder):
    """In a namespace of its own, which ends with this process; None: it cannot be."""
    if libc.unshare(CLONE_NEWNS) or libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None):
        return None
    device = "/dev/fuse"
    if not os.path.exists(device):
        device = "fuse"
        os.mknod(device, 0o600 | stat.S_IFCHR, os.makedev(10, 229))
    fuse = os.open(device, os.O_RDWR)
    how = "fd=%d,rootmode=40000,user_id=0,group_id=0" % fuse
    if libc.mount(b"fuse", folder.encode(), b"fuse", 0, how.encode()):
        return None
    return fuse


def hangs(pid):
    """It waits for the server for a while, and not just for an answer that comes."""
    seen = 0
    for _ in range(200):
        with open("/proc/%d/wchan" % pid) as f:
            seen = seen + 1 if "wait_answer" in f.read() else 0
        if seen == 10:
            return True
        time.sleep(0.1)
    return False


def end(what, fuse, command, sig):
    server = Server(fuse)
    server.start()
    # The kernel learns that nobody need be told of close(2), at which a dying process would
    # wait for ever.
    with open("mounted/first", "w") as first:
        first.write("x")
    server.written.clear()
    # The program behind -- must not keep the pipe.
    errors = open(what, "w+")
    tracer = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors)
    if not server.written.wait(20):
        print(what + ": nothing was written")
        tracer.kill()
        return False
    server.stopped = True
    if not hangs(tracer.pid):
        print(what + ": it does not write any more")
        tracer.kill()
        return False
    begun = time.monotonic()
    tracer.send_signal(sig)
    try:
        tracer.wait(3 * LIMIT_S)
    except subprocess.TimeoutExpired:
        tracer.kill()
        tracer.wait()
    took = time.monotonic() - begun
    errors.seek(0)
    said = errors.read()
    fine = took < LIMIT_S and tracer.returncode == -sig and "does not answer" in said
    if not fine:
        print("%s: ended after %.1f s, by %d, and said: %s" % (what, took, tracer.returncode, said))
    return fine


def main(sockwake, folder):
    os.makedirs(folder + "/mounted")
    os.chdir(folder)
    fuse = mount("mounted")
    if fuse is None:
        print("cannot mount a file system of FUSE")
        return 1
    traffic = [sys.executable, "-c", "import socket, time\na, b = socket.socketpair()\n"
               "while True: a.send(b'x'); b.recv(1); time.sleep(.001)"]
    beside = subprocess.Popen(traffic)
    command = [sockwake, "--all", "-o", "mounted/out"]
    try:
        fine = end("INT", fuse, command, signal.SIGINT)
        fine &= end("TERM", fuse, command + ["--"] + traffic, signal.SIGTERM)
    finally:
        beside.kill()
    os._exit(not fine)


sys.exit(main(*sys.argv[1:]))
