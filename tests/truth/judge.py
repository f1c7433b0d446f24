# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""What is true of each wake-up, by three witnesses that share nothing with sockwake's own reasoning:

packets  the kernel's tracer saw who transmitted the packet that the softirq is at work on (kernel_trace.py)
stack    the kernel's stack at the callback: a call of the task's own, a backlog that it runs, or neither
owners   whose socket it is and whose is the other end, by what the program says of itself

`judge()` says of a wake-up: false cause, false bystander, false origin, or that it is true, unknown or that no
witness could tell."""
from collections import Counter

# On top of a task that had only left the CPU for an interrupt.
INTERRUPT = ("asm_sysvec_", "sysvec_", "asm_common_interrupt", "common_interrupt", "__irq_exit_rcu", "irq_exit_rcu",
             "irq_exit", "do_IRQ", "smp_apic_timer_interrupt")
SOFTIRQ = ("__do_softirq", "handle_softirqs", "__softirqentry_text_start", "do_softirq_own_stack", "do_softirq",
           "do_softirq.part.0", "net_rx_action")
BACKLOG = ("__release_sock", "release_sock", "__sk_flush_backlog", "mptcp_release_cb", "tcp_release_cb")
# What a task does itself below which a softirq runs at once, when it lets softirqs in again.
TRANSMIT = ("__dev_queue_xmit", "dev_queue_xmit", "neigh_hh_output", "ip_finish_output2", "ip6_finish_output2")
CONNECT = ("__inet_stream_connect", "inet_stream_connect", "mptcp_connect", "mptcp_stream_connect")


def frames(wakeup):
    return [f.split("+")[0].split(" ")[0] for f in wakeup.get("kernel_stack", ())]


def way(wakeup):
    """By what way the callback was reached: call, backlog, transmit (a softirq on top of a task that transmits),
    interrupt (on top of one that does not), softirq (neither is to be seen), or nothing."""
    f = frames(wakeup)
    if not f:
        return ""
    soft = next((i for i, x in enumerate(f) if x in SOFTIRQ), None)
    if soft is None:
        return "backlog" if any(x in BACKLOG for x in f) else "call"
    below = f[soft:]
    for x in below:
        if x in TRANSMIT:
            return "transmit"
        if x.startswith(INTERRUPT):
            return "interrupt"
    return "softirq"


class Family:
    """Which role a task has: that of the nearest of its ancestors that the program named."""

    def __init__(self, roots, parents, kernel_threads):
        self.roots = {tid: role for role, tids in roots.items() for tid in tids}
        self.parents, self.kernel, self.known = parents, kernel_threads, {}

    def role(self, tid):
        if tid not in self.known:
            self.known[tid] = self._find(tid)
        return self.known[tid]

    def role_of(self, task):
        """Of a thread that nobody saw begin (io_uring's do not fork), that of its process."""
        return self.role(task["tid"]) or self.role(task["pid"])

    def _find(self, tid):
        if tid == 0 or tid in self.kernel:
            return "kernel"
        for _ in range(64):
            if tid in self.roots:
                return self.roots[tid]
            if tid not in self.parents:
                return None
            tid = self.parents[tid]
        return None


def port_of(name):
    if not name:
        return None
    end = name.rsplit(":", 1)[-1]
    return int(end) if end.isdigit() else None


class Judge:
    def __init__(self, links, family, packets):
        self.links, self.family, self.packets = links, family, packets
        self.conflicts = []
        self.exact = 0  # of which it is known which task sent, or called

    def owners(self, w):
        """(roles at this end, roles at the other end), each None if nobody said."""
        for link in self.links:
            ends = link["listener"], link["connector"]
            if "path" in link:
                here, there = w.get("local") == link["path"], w.get("remote") == link["path"]
            else:
                here, there = (port_of(w.get(k)) in link["ports"] for k in ("local", "remote"))
            if here:
                return ends
            if there:
                return ends[::-1]
        return None, None

    def judge(self, w):
        """(what, why): what is true, unknown, unjudged, false cause, false bystander or false origin."""
        waker, origin = w["waker"], w.get("origin")
        tid, role = waker["tid"], waker["role"]
        here, there = self.owners(w)
        who, how = self.family.role_of(waker), way(w)
        in_softirq = waker["context"] == "softirq"
        packet = self.packets.at(w["cpu"], w["ts"]) if in_softirq else None
        sender = packet.tid if packet and packet.steps == 0 and self.family.role(packet.tid) != "kernel" else 0
        self.exact += bool(sender) or how == "call"
        # Data, a FIN, a connection: they come from the other end, whoever carries them.
        from_there = w["cause"] == "readable" and there is not None
        # A receiver that moves what came from one queue to the next.
        mover = how == "call" and from_there and who == here != there
        if sender and from_there and self.family.role(sender) not in (None, there):
            self.conflicts.append((w, sender))

        if role == "unknown" and not origin:
            return "unknown", how
        if origin:
            if sender and origin["tid"] != sender:
                return "false origin", "%d sent the packet" % sender
            if from_there and self.family.role_of(origin) != there:
                return "false origin", "it is not at the other end"
        if role == "cause":
            if who == "kernel":
                return "false cause", "a thread of the kernel"
            if how == "call" and not mover:
                return "true", how
            if from_there and who != there:
                return "false cause", "the other end is %s's; it is %s's; %s, %s" % (
                    there, who or "nobody", how, steps(packet))
            if sender and sender != tid:
                return "false cause", "%d sent the packet" % sender
            if sender or (there is not None and who in (here, there)) or (packet and packet.tid == tid):
                return "true", how
            return "unjudged", how
        # A bystander.
        if how == "call" and who != "kernel" and not mover:
            return "false bystander", "it made the call"
        if sender and sender == tid:
            return "false bystander", "it sent the packet"
        if packet and packet.steps and packet.tid == tid and from_there and who == there:
            return "false bystander", "its packet began it, %s" % steps(packet)
        if how == "backlog" and any(x in CONNECT for x in frames(w)):
            return "false bystander", "it connects"
        if how == "transmit" and not packet and from_there and who == there and not origin:
            return "false bystander", "it transmits"
        if sender or origin or who == "kernel" or (from_there and who != there):
            return "true", how
        return "unjudged", how


def steps(packet):
    if not packet or packet.steps > 90:
        return "no packet seen"
    return "packet of %d, %d steps ago" % (packet.tid, packet.steps)


def woken_faults(lines, family, packets, judge, tolerance):
    """Tasks without a name, and tasks that were not woken by that wake-up."""
    unnamed, false, times, total = [], [], {}, 0
    for w in lines:
        if w["type"] not in ("wakeup", "woken"):
            continue
        here, _ = judge.owners(w)
        seen = set()
        for t in w["woken"] if w["type"] == "wakeup" else [w]:
            total += 1
            if not t["pid"] or not t["tid"] or not t["comm"]:
                unnamed.append(t)
                continue
            role = family.role_of(t)
            if t["tid"] in seen:
                false.append(("twice", t, w))
            elif role is None or here not in (None, role):
                false.append(("the socket is %s's, the task %s's" % (here, role or "nobody"), t, w))
            seen.add(t["tid"])
            if t.get("awake"):
                continue
            key = t["tid"], t["woken_ts"]
            if key in times and times[key] != w["socket"]:
                false.append(("for two sockets at once", t, w))
            times[key] = w["socket"]
            if not packets.was_woken(t["tid"], t["woken_ts"], tolerance):
                false.append(("the scheduler did not wake it then", t, w))
    return unnamed, false, total


def count_callers(wakeups, family):
    """How many wake-ups each role is said to have caused, by port or path of the socket and kind."""
    callers = Counter()
    for w in wakeups:
        task = w["waker"] if w["waker"]["role"] == "cause" else w.get("origin")
        if task:
            callers[w.get("local"), w["cause"], family.role(task["tid"])] += 1
    return callers
