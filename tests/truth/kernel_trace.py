# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""The kernel's own tracer (tracefs, no BPF): who transmitted which packet, where it was received, who forked
whom and whom the scheduler woke. An instance of its own, with the clock that sockwake uses."""
import bisect
import os
import re
import struct
import subprocess
import tempfile

SOFTIRQ = 0x10  # common_flags: in a softirq
NET_RX = 3      # softirq_entry's vec

EVENTS = {
    "net/net_dev_queue": None,
    "net/net_dev_start_xmit": None,
    "net/netif_receive_skb": None,
    "irq/softirq_entry": "vec == 3",
    "irq/softirq_exit": "vec == 3",
    "sched/sched_process_fork": None,
    "sched/sched_waking": None,
}


class Packet:
    """One transmission. `tid` is the task whose call it was; 0: no task's, or not known. `steps` counts the
    softirqs between: 0 if the task itself transmitted, 1 if that is an answer to its packet, ...  Where there is a
    queue before the device, whoever puts a packet there is not always who takes it out: the former counts."""
    __slots__ = ("tid", "steps")

    def __init__(self, tid, steps):
        self.tid, self.steps = tid, steps


NOBODY = Packet(0, 99)


class KernelTrace:
    def __init__(self, buffer_kb=32768):
        self.mount = tempfile.mkdtemp(prefix="truth-tracefs.")
        subprocess.run(["mount", "-t", "tracefs", "tracefs", self.mount], check=True)
        self.dir = os.path.join(self.mount, "instances", "truth-%d" % os.getpid())
        try:
            os.mkdir(self.dir)
            self._set("trace_clock", "mono")
            self._set("buffer_size_kb", str(buffer_kb))
            self.fields = {}
            for event, condition in EVENTS.items():
                self._describe(event)
                if condition:
                    self._set("events/%s/filter" % event, condition)
        except BaseException:
            self.close()
            raise

    def _set(self, name, value):
        with open(os.path.join(self.dir, name), "w") as f:
            f.write(value)

    def _describe(self, event):
        with open(os.path.join(self.dir, "events", event, "format")) as f:
            text = f.read()
        number = int(re.search(r"^ID: (\d+)", text, re.M).group(1))
        offsets = {}
        for m in re.finditer(r"field:.*?(\w+)(?:\[\d*\])?;\s+offset:(\d+);\s+size:(\d+)", text):
            offsets[m.group(1)] = int(m.group(2))
        self.fields[number] = (event.split("/")[1], offsets)

    def start(self):
        self._set("tracing_on", "1")
        for event in EVENTS:
            self._set("events/%s/enable" % event, "1")

    def stop(self):
        self._set("tracing_on", "0")
        for event in EVENTS:
            self._set("events/%s/enable" % event, "0")

    def close(self):
        if os.path.isdir(self.dir):
            os.rmdir(self.dir)
        subprocess.run(["umount", self.mount], check=False)
        os.rmdir(self.mount)

    def read(self):
        """All that happened, in order of time; and how much the buffers had no room for."""
        events, lost = [], 0
        for name in os.listdir(os.path.join(self.dir, "per_cpu")):
            place = os.path.join(self.dir, "per_cpu", name)
            with open(os.path.join(place, "stats")) as f:
                lost += sum(int(n) for n in re.findall(r"(?:overrun|dropped events): (\d+)", f.read()))
            fd = os.open(os.path.join(place, "trace_pipe_raw"), os.O_RDONLY | os.O_NONBLOCK)
            try:
                while True:
                    page = os.read(fd, 1 << 16)
                    if not page:
                        break
                    self._page(page, int(name[3:]), events)
            except BlockingIOError:
                pass
            finally:
                os.close(fd)
        events.sort(key=lambda e: e[0])
        return events, lost

    def _page(self, page, cpu, events):
        ts, commit = struct.unpack_from("=QQ", page)
        at, end = 16, 16 + (commit & 0xfffff)
        while at + 4 <= min(end, len(page)):
            head, = struct.unpack_from("=I", page, at)
            kind, delta = head & 31, head >> 5
            if kind == 29:
                if not delta:
                    break
                at += 4 + struct.unpack_from("=I", page, at + 4)[0]
                continue
            if kind >= 30:
                more, = struct.unpack_from("=I", page, at + 4)
                ts = (ts if kind == 30 else ts >> 59 << 59) + (more << 27) + delta
                at += 8
                continue
            ts += delta
            data, size = at + 4, kind * 4
            if not kind:
                size = struct.unpack_from("=I", page, at + 4)[0] - 4
                data += 4
            at = data + size
            number, flags = struct.unpack_from("=HB", page, data)
            if number not in self.fields:
                continue
            event, offsets = self.fields[number]
            tid, = struct.unpack_from("=i", page, data + 4)
            value = lambda field, form: struct.unpack_from(form, page, data + offsets[field])[0]
            if event in ("net_dev_queue", "net_dev_start_xmit", "netif_receive_skb"):
                events.append((ts, cpu, event, tid, flags, value("skbaddr", "=Q"), self._text(page, data, offsets)))
            elif event == "sched_process_fork":
                events.append((ts, cpu, event, value("parent_pid", "=i"), 0, value("child_pid", "=i"), ""))
            elif event == "sched_waking":
                events.append((ts, cpu, event, tid, flags, value("pid", "=i"), ""))
            else:
                events.append((ts, cpu, event, tid, flags, 0, ""))

    @staticmethod
    def _text(page, data, offsets):
        """The device's name: where it is, by the lower half of a number."""
        at = data + (struct.unpack_from("=I", page, data + offsets["name"])[0] & 0xffff)
        return page[at:page.index(b"\0", at)].decode(errors="replace")


class Packets:
    """What the events say: which packet a CPU is at work on at a time, and whose it is."""

    def __init__(self, events):
        self.when, self.what = {}, {}
        self.parent = {}
        self.waking = {}
        self.sent = self.unsent = 0
        queued, sent, current, received = {}, {}, {}, {}
        for ts, cpu, event, tid, flags, value, device in events:
            if event == "net_dev_queue":
                # A bridge or router sends on what it received, by another device. On the same one, it is another
                # packet at the address of one that was freed.
                if current.get(cpu) and flags & SOFTIRQ and received[cpu][0] == value and received[cpu][1] != device:
                    queued[value] = current[cpu]
                else:
                    queued[value] = self._whose(tid, flags, current.get(cpu))
                continue
            if event == "net_dev_start_xmit":
                self.sent += 1
                # One that was not queued is a part of one that was, and left at once.
                sent[value] = queued.pop(value, None) or self._whose(tid, flags, current.get(cpu))
                continue
            if event == "sched_process_fork":
                self.parent[value] = tid
                continue
            if event == "sched_waking":
                self.waking.setdefault(value, []).append(ts)
                continue
            if event == "netif_receive_skb":
                packet = sent.pop(value, None)
                if not packet and current.get(cpu) and received[cpu][0] == value and received[cpu][1] != device:
                    packet = current[cpu]  # up through a bridge
                if not packet:
                    self.unsent += 1
                    packet = NOBODY
            else:
                packet = None
            current[cpu], received[cpu] = packet, (value, device)
            self.when.setdefault(cpu, []).append(ts)
            self.what.setdefault(cpu, []).append(packet)

    @staticmethod
    def _whose(tid, flags, cause):
        if not flags & SOFTIRQ:
            return Packet(tid, 0)
        return Packet(cause.tid, cause.steps + 1) if cause else NOBODY

    def at(self, cpu, ts):
        """The packet that this CPU's softirq is at work on; None: none."""
        i = bisect.bisect_right(self.when.get(cpu, ()), ts) - 1
        return self.what[cpu][i] if i >= 0 else None

    def was_woken(self, tid, ts, tolerance):
        times = self.waking.get(tid, ())
        i = bisect.bisect_left(times, ts)
        return any(abs(times[k] - ts) <= tolerance for k in (i - 1, i) if 0 <= k < len(times))
