# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# What the recordings beside are of.
import socket, threading, time
s = socket.create_server(("127.0.0.1", 0)); port = s.getsockname()[1]
def serve():
    c, _ = s.accept()
    while c.recv(100): c.send(b"y")
t = threading.Thread(target=serve); t.start(); time.sleep(.05)
c = socket.create_connection(("127.0.0.1", port))
for i in range(5): time.sleep(.01); c.send(b"x" * 10); c.recv(10)
c.close(); t.join()
a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
t = threading.Thread(target=lambda: [b.recv(10) for _ in range(3)]); t.start()
for i in range(3): time.sleep(.01); a.send(b"z")
t.join()
