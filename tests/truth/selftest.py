# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""Do the witnesses see what is false? Made-up wake-ups, and the kernel's tracer's own page format. No root."""
import struct
import sys
import unittest

sys.dont_write_bytecode = True
from judge import Family, Judge, woken_faults  # noqa: E402
from kernel_trace import SOFTIRQ, KernelTrace, Packets  # noqa: E402

SERVER, CLIENT, OTHER, KWORKER = 10, 20, 30, 40
TRANSMIT = ["sock_def_readable+0x1", "tcp_v4_rcv+0x1", "net_rx_action+0x1", "handle_softirqs+0x1",
            "__local_bh_enable_ip+0x1", "__dev_queue_xmit+0x1", "tcp_sendmsg+0x1", "entry_SYSCALL_64_after_hwframe+0x1"]
INTERRUPT = TRANSMIT[:4] + ["__irq_exit_rcu+0x1", "asm_sysvec_apic_timer_interrupt+0x1"]
BACKLOG = ["sock_def_readable+0x1", "__release_sock+0x1", "release_sock+0x1", "tcp_recvmsg+0x1"]
CALL = ["sock_def_readable+0x1", "unix_stream_sendmsg+0x1", "__sys_sendto+0x1"]


def packets(*events):
    """(ts, event, tid, in a softirq, address, device), all on CPU 0."""
    return Packets([(ts, 0, event, tid, SOFTIRQ if soft else 0, address, device[0] if device else "lo")
                    for ts, event, tid, soft, address, *device in events])


def sent_by(tid, address=1, ts=1):
    return [(ts, "net_dev_queue", tid, False, address), (ts, "net_dev_start_xmit", tid, False, address),
            (ts + 1, "softirq_entry", tid, True, 0), (ts + 2, "netif_receive_skb", tid, True, address)]


def wakeup(tid, role, stack, context="softirq", cause="readable", local="127.0.0.1:80", remote="127.0.0.1:999", **more):
    return {"type": "wakeup", "ts": 100, "cpu": 0, "cause": cause, "local": local, "remote": remote, "socket": 1,
            "waker": {"pid": tid, "tid": tid, "comm": "x", "role": role, "context": context}, "kernel_stack": stack,
            "woken": [], **more}


class Verdicts(unittest.TestCase):
    def verdict(self, w, *events):
        family = Family({"server": [SERVER], "client": [CLIENT]}, {21: CLIENT}, {2, KWORKER})
        return Judge([{"listener": "server", "connector": "client", "ports": [80]}], family,
                     packets(*events)).judge(w)[0]

    def test_sender(self):
        self.assertEqual(self.verdict(wakeup(CLIENT, "cause", TRANSMIT), *sent_by(CLIENT)), "true")
        self.assertEqual(self.verdict(wakeup(21, "cause", TRANSMIT), *sent_by(21)), "true")
        self.assertEqual(self.verdict(wakeup(CLIENT, "bystander", TRANSMIT), *sent_by(CLIENT)), "false bystander")
        self.assertEqual(self.verdict(wakeup(CLIENT, "bystander", INTERRUPT), *sent_by(CLIENT)), "false bystander")
        self.assertEqual(self.verdict(wakeup(CLIENT, "unknown", TRANSMIT), *sent_by(CLIENT)), "unknown")

    def test_interrupted(self):
        self.assertEqual(self.verdict(wakeup(OTHER, "bystander", INTERRUPT), *sent_by(CLIENT)), "true")
        self.assertEqual(self.verdict(wakeup(OTHER, "cause", INTERRUPT), *sent_by(CLIENT)), "false cause")
        self.assertEqual(self.verdict(wakeup(21, "cause", INTERRUPT), *sent_by(CLIENT)), "false cause")
        self.assertEqual(self.verdict(wakeup(0, "bystander", INTERRUPT)), "true")

    def test_receiver(self):
        for stack, context in ((BACKLOG, "task"), (INTERRUPT, "softirq"), (TRANSMIT, "softirq")):
            self.assertEqual(self.verdict(wakeup(SERVER, "cause", stack, context)), "false cause")

    def test_origin(self):
        origin = {"pid": CLIENT, "tid": CLIENT, "comm": "x"}
        w = wakeup(SERVER, "bystander", BACKLOG, "task", origin=origin)
        self.assertEqual(self.verdict(w), "true")
        w = wakeup(OTHER, "bystander", INTERRUPT, origin=origin)
        self.assertEqual(self.verdict(w, *sent_by(21)), "false origin")
        w["origin"] = {"pid": SERVER, "tid": SERVER, "comm": "x"}
        self.assertEqual(self.verdict(w), "false origin")

    def test_own_call(self):
        self.assertEqual(self.verdict(wakeup(CLIENT, "cause", CALL, "task")), "true")
        self.assertEqual(self.verdict(wakeup(CLIENT, "bystander", CALL, "task")), "false bystander")
        self.assertEqual(self.verdict(wakeup(KWORKER, "cause", CALL, "task")), "false cause")
        # Data do not come from the one who receives them.
        self.assertEqual(self.verdict(wakeup(SERVER, "cause", CALL, "task")), "false cause")
        self.assertEqual(self.verdict(wakeup(SERVER, "bystander", CALL, "task")), "true")

    def test_answer(self):
        """The client's answer to the server's packet is still that of a step ago; a task's own is nobody's."""
        answer = [*sent_by(SERVER, 1), (4, "net_dev_queue", SERVER, True, 2), (4, "net_dev_start_xmit", SERVER, True, 2),
                  (5, "netif_receive_skb", SERVER, True, 2)]
        p = packets(*answer).at(0, 50)
        self.assertEqual((p.tid, p.steps), (SERVER, 1))
        self.assertEqual(self.verdict(wakeup(SERVER, "cause", TRANSMIT), *answer), "false cause")

    def test_queue(self):
        """What one task puts into a queue another takes out."""
        events = [(1, "net_dev_queue", CLIENT, False, 1), (2, "net_dev_start_xmit", OTHER, False, 1),
                  (3, "netif_receive_skb", OTHER, True, 1)]
        self.assertEqual(self.verdict(wakeup(OTHER, "cause", TRANSMIT), *events), "false cause")
        self.assertEqual(packets(*events).at(0, 50).tid, CLIENT)

    def test_forwarded(self):
        """By another device it is the same packet; by the same one an answer at its address."""
        for device, steps in ("eth0", 0), ("lo", 1):
            events = [*sent_by(CLIENT), (4, "net_dev_queue", CLIENT, True, 1, device),
                      (4, "net_dev_start_xmit", CLIENT, True, 1, device), (5, "netif_receive_skb", CLIENT, True, 1)]
            self.assertEqual(packets(*events).at(0, 50).steps, steps)

    def test_bridged(self):
        events = [*sent_by(CLIENT), (4, "netif_receive_skb", CLIENT, True, 1, "br0")]
        self.assertEqual(packets(*events).at(0, 50).tid, CLIENT)

    def test_end_of_softirq(self):
        self.assertIsNone(packets(*sent_by(CLIENT), (9, "softirq_exit", CLIENT, True, 0)).at(0, 50))


class Woken(unittest.TestCase):
    def faults(self, *woken, waking=(50,)):
        family = Family({"server": [SERVER, 11], "client": [CLIENT]}, {}, {2})
        p = packets(*[(ts, "sched_waking", CLIENT, False, SERVER) for ts in waking])
        w = wakeup(CLIENT, "cause", CALL, "task")
        w["woken"] = list(woken)
        judge = Judge([{"listener": "server", "connector": "client", "ports": [80]}], family, p)
        unnamed, false, _ = woken_faults([w], family, p, judge, 10)
        return len(unnamed), len(false)

    def task(self, tid, ts=50, comm="x"):
        return {"pid": tid, "tid": tid, "comm": comm, "woken_ts": ts}

    def test_woken(self):
        self.assertEqual(self.faults(self.task(SERVER)), (0, 0))
        self.assertEqual(self.faults(self.task(0)), (1, 0))
        self.assertEqual(self.faults(self.task(SERVER, comm="")), (1, 0))
        self.assertEqual(self.faults(self.task(SERVER), self.task(SERVER)), (0, 1))
        self.assertEqual(self.faults(self.task(SERVER, 500)), (0, 1))
        self.assertEqual(self.faults(self.task(CLIENT)), (0, 2))
        self.assertEqual(self.faults(self.task(OTHER)), (0, 2))
        self.assertEqual(self.faults({**self.task(12), "pid": SERVER})[1], 1)  # not seen by the scheduler, but of that process


class Pages(unittest.TestCase):
    def test_page(self):
        """A time that is given in full, one that is added, an event, what is skipped, and the end."""
        trace = KernelTrace.__new__(KernelTrace)
        trace.fields = {7: ("netif_receive_skb", {"skbaddr": 8, "name": 16})}
        event = struct.pack("=HBBiQI4s", 7, SOFTIRQ, 0, 123, 0xabc, 20 | 3 << 16, b"lo")
        body = struct.pack("=II", 30 | 5 << 5, 1) + struct.pack("=I", len(event) // 4 | 10 << 5) + event
        body += struct.pack("=II", 29 | 1 << 5, 8) + b"\0" * 4
        body += struct.pack("=II", 0 | 20 << 5, len(event) + 4) + event
        page = struct.pack("=QQ", 1000, len(body)) + body
        events = []
        trace._page(page.ljust(4096, b"\0"), 1, events)
        first = 1000 + (1 << 27) + 5 + 10
        self.assertEqual(events, [(first, 1, "netif_receive_skb", 123, SOFTIRQ, 0xabc, "lo"),
                                  (first + 20, 1, "netif_receive_skb", 123, SOFTIRQ, 0xabc, "lo")])


if __name__ == "__main__":
    RESULT = unittest.main(exit=False, argv=sys.argv[:1]).result
    print("%s 1 - the witnesses see what is false (%d tests)" % ("ok" if RESULT.wasSuccessful() else "not ok",
                                                               RESULT.testsRun))
    sys.exit(not RESULT.wasSuccessful())
