# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""run.py --sockwake PATH [--attach=RUNG] [--programs DIR] [--table FILE] [--ci] [PROGRAM...]

Runs programs that nobody here wrote, with known owners and counts, under sockwake, and asks independent witnesses
(judge.py) of each wake-up who caused it and who was woken. As root. Prints TAP and a table of figures; the exit
status is 0 when nothing failed. Without a PROGRAM, all of programs/ run. Standard library only."""
import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter

# The tree stays as it is.
sys.dont_write_bytecode = True
os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from facts import FACTS  # noqa: E402
from judge import Family, Judge, count_callers, port_of, way, woken_faults  # noqa: E402
from kernel_trace import KernelTrace, Packets  # noqa: E402

SKIP = 77
# How busy the machine is beside is no fault of the program's.
PATIENT = ["--slow-run=500ms", "--slow-read=500ms"]


class Failed(Exception):
    pass


def tasks_now():
    """{tid: parent} of all tasks, a thread's parent being its process; and the kernel's threads."""
    parents, kernel = {}, {2}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/stat" % pid) as f:
                cells = f.read().rsplit(")", 1)[1].split()
            parents[int(pid)] = int(cells[1])
            if int(cells[6]) & 0x00200000:
                kernel.add(int(pid))
            for tid in os.listdir("/proc/%s/task" % pid):
                if tid != pid:
                    parents[int(tid)] = int(pid)
        except (OSError, IndexError):
            continue
    return parents, kernel


class Run:
    """One program, traced."""

    def __init__(self, args, name, script):
        self.args, self.name, self.script = args, name, script
        self.dir = tempfile.mkdtemp(prefix="truth-run.")
        self.trace = os.path.join(self.dir, "trace.ndjson")
        self.parents, self.kernel = {}, set()
        self.started = []

    def spawn(self, argv, **options):
        p = subprocess.Popen(argv, **options)
        self.started.append(p)
        return p

    def look(self):
        parents, kernel = tasks_now()
        for tid, parent in parents.items():
            self.parents.setdefault(tid, parent)
        self.kernel |= kernel

    def say(self, program, word):
        program.stdin.write(word + "\n")
        program.stdin.flush()

    def hear(self, program, what):
        line = program.stdout.readline()
        if not line:
            status = program.wait()
            with open(os.path.join(self.dir, "program.log"), errors="replace") as f:
                text = f.read()
            if status == SKIP:
                raise LookupError(text.strip().splitlines()[-1] if text.strip() else "no reason given")
            raise Failed("the program ended before it was %s (status %d):\n%s" % (what, status, text[-2000:]))
        return json.loads(line)

    def start_sockwake(self, options):
        ready = os.path.join(self.dir, "ready")
        log = open(os.path.join(self.dir, "sockwake.log"), "w")
        p = self.spawn([self.args.sockwake, "trace", "--format=ndjson", "-o", self.trace, "--ready-file", ready,
                        "--attach=" + self.args.attach, "--stacks=kernel", "--buffer=" + self.args.buffer, *PATIENT, *options],
                       stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        while not os.path.exists(ready):
            if p.poll() is not None:
                with open(log.name) as f:
                    raise Failed("sockwake ended at once, status %d: %s" % (p.returncode, f.read()))
            time.sleep(.05)
        return p

    def go(self):
        log = open(os.path.join(self.dir, "program.log"), "w")
        program = self.spawn([sys.executable, self.script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
                             text=True)
        up = self.hear(program, "up")
        witness = KernelTrace(self.args.witness_kb)
        try:
            sockwake = self.start_sockwake(up["sockwake"])
            self.look()
            witness.start()
            self.say(program, "go")
            self.said = self.hear(program, "done")
            self.look()
            time.sleep(.3 * float(os.environ.get("TRUTH_SLOW", "1")))
            witness.stop()
            sockwake.send_signal(signal.SIGINT)
            status = sockwake.wait(timeout=120)
            self.say(program, "end")
            ended = program.wait(timeout=60)
            if status or ended:
                raise Failed("status of sockwake %d, of the program %d" % (status, ended))
            events, self.witness_lost = witness.read()
        finally:
            for p in reversed(self.started):
                if p.poll() is None:
                    p.terminate()
                    p.wait()
            witness.close()
        self.packets = Packets(events)

    def judge(self):
        parents = dict(self.parents)
        parents.update(self.packets.parent)
        self.family = Family(self.said["roles"], parents, self.kernel)
        judge = self.judge_of = Judge(self.said["links"], self.family, self.packets)
        with open(self.trace) as f:
            lines = [json.loads(line) for line in f]
        self.header, self.summary = lines[0], lines[-1]
        netns = set(self.said["netns"])
        ours = {w["socket"] for w in lines if w.get("netns") in netns}
        self.lines = [w for w in lines if w.get("socket") in ours]
        self.wakeups = [w for w in self.lines if w["type"] == "wakeup"]
        self.verdicts = Counter()
        self.examples = {}
        for w in self.wakeups:
            verdict, why = judge.judge(w)
            self.verdicts[verdict] += 1
            if verdict.startswith("false") or verdict in ("unknown", "unjudged"):
                key = verdict, w.get("proto"), w["cause"], w.get("state"), w["waker"]["comm"].split("/")[0], \
                    w["waker"]["context"], way(w), why.split("packet of")[0]
                self.examples.setdefault(key, []).append((w, why))
        self.unnamed, self.false_woken, self.woken = woken_faults(
            self.lines, self.family, self.packets, judge, int(1e6 * float(os.environ.get("TRUTH_SLOW", "1"))))
        self.unnamed += [w["waker"] for w in self.wakeups if not w["waker"]["comm"]]
        self.findings = [f for f in lines if f["type"] == "finding" and (
            f.get("socket") in ours or any(self.family.role(t["tid"]) not in (None, "kernel") for t in f["tasks"]))]

    def counts(self):
        """What the program knows it did, and the trace does not show: [text]."""
        missing = []
        for e in self.said["expect"]:
            n = 0
            for w in self.wakeups:
                if w["cause"] != e["cause"] or (e["port"] and port_of(w.get("local")) != e["port"]) or \
                        (e["remote"] and port_of(w.get("remote")) != e["remote"]) or \
                        (e["path"] and w.get("local") != e["path"]):
                    continue
                task = w["waker"] if w["waker"]["role"] == "cause" else w.get("origin")
                n += task is not None and self.family.role(task["tid"]) == e["by"]
            if n < e["at_least"] * .9:
                missing.append("%s wake-ups %s caused by %s: %d of %d" % (
                    e["cause"], e["path"] or ("of port %s" % e["port"] if e["port"] else "of clients of port %s" %
                                              e["remote"]), e["by"], n, e["at_least"]))
        return missing

    def clean(self):
        if not self.args.keep:
            for name in os.listdir(self.dir):
                os.unlink(os.path.join(self.dir, name))
            os.rmdir(self.dir)


def programs():
    """{name: (ci or -, percent of unknown wake-ups allowed)}, in order."""
    found = {}
    with open(os.path.join(HERE, "programs.list")) as f:
        for line in f:
            cells = line.split("#")[0].split()
            if cells:
                found[cells[0]] = cells[1], float(cells[2])
    return found


class Tap:
    def __init__(self, attach):
        self.attach, self.number, self.failed = attach, 0, 0

    def line(self, ok, text, notes=()):
        self.number += 1
        self.failed += not ok
        print("%s %d - %s (%s)" % ("ok" if ok else "not ok", self.number, text, self.attach))
        if not ok:
            for note in notes:
                print("# " + str(note).replace("\n", "\n# "))
        sys.stdout.flush()

    def skip(self, text, why):
        self.number += 1
        print("ok %d - %s (%s) # SKIP %s" % (self.number, text, self.attach, why), flush=True)


def describe(run, verdicts, limit=6):
    notes = []
    for key, found in sorted(run.examples.items(), key=lambda x: -len(x[1])):
        if key[0] not in verdicts:
            continue
        w, why = found[0]
        notes.append("%5d %s" % (len(found), " ".join(str(k) for k in key)))
        notes.append("      %s -> %s, waker %s, origin %s; %s" % (
            w.get("remote"), w.get("local"), json.dumps(w["waker"]), json.dumps(w.get("origin")), why))
        notes.append("      stack: " + " < ".join(f.split("+")[0] for f in w.get("kernel_stack", ())[:40]))
        if len(notes) >= 3 * limit:
            break
    return notes


def check(tap, run, allowed):
    name, v = run.name, run.verdicts
    total = len(run.wakeups)
    judged = total - v["unjudged"]
    tap.line(not v["false cause"] and not v["false origin"], "%s: no false cause of %d wake-ups" % (name, total),
             describe(run, ("false cause", "false origin")))
    tap.line(not v["false bystander"], "%s: no false bystander" % name, describe(run, ("false bystander",)))
    tap.line(not run.unnamed, "%s: all %d woken tasks have a name" % (name, run.woken), run.unnamed[:3])
    tap.line(not run.false_woken, "%s: nobody is falsely woken" % name,
             ["%d in all" % len(run.false_woken)] + [json.dumps(f)[:700] for f in run.false_woken[:3]])
    unknown = 100 * v["unknown"] / max(total, 1)
    tap.line(unknown <= allowed, "%s: unknown: %.1f %%, at most %g %%" % (name, unknown, allowed),
             describe(run, ("unknown",)))
    findings = [f for f in run.findings if f["kind"] not in run.said["may_find"]]
    tap.line(not findings, "%s: no findings" % name,
             ["%d" % len(findings)] + [json.dumps(f)[:500] for f in findings[:4]])
    if name in FACTS:
        what, function = FACTS[name]
        faults = function(run)
        tap.line(not faults, "%s: %s" % (name, what), faults[:4])
    missing = run.counts()
    tap.line(not missing, "%s: what it did is there" % name, missing)
    lost = run.summary["lost"]
    faults = []
    if run.witness_lost:
        faults.append("the kernel's tracer had no room for %d events" % run.witness_lost)
    if run.judge_of.conflicts:
        faults.append("packets and owners contradict each other: %s" % (run.judge_of.conflicts[0],))
    if judged < total * .95 or not total:
        faults += ["%d of %d wake-ups judged" % (judged, total)] + describe(run, ("unjudged",))
    # What is lost is said to be lost; it must not be so much that little else is judged.  A
    # record without its stack is there.
    events = sum(lost.values()) - lost["stacks_full"]
    if events > max(5, run.summary["hits"] / 1000):
        faults.append("sockwake lost too much: %s" % lost)
    tap.line(not faults, "%s: the witnesses saw all of it, and agree" % name, faults)


def table_row(run):
    v, total = run.verdicts, len(run.wakeups)
    return (run.name, total, total - v["unjudged"], run.judge_of.exact, v["false cause"] + v["false origin"], v["false bystander"],
            len(run.unnamed), len(run.false_woken), "%.1f" % (100 * v["unknown"] / max(total, 1)), len(run.findings))


COLUMNS = ("program", "wake-ups", "judged", "by sender", "false cause", "false bystander", "unnamed", "false woken", "unknown %",
           "findings")


def print_table(rows, out):
    rows = [COLUMNS] + [tuple(map(str, r)) for r in rows]
    widths = [max(len(r[i]) for r in rows) for i in range(len(COLUMNS))]
    for r in rows:
        print("# " + "  ".join(c.ljust(n) if not i else c.rjust(n) for i, (c, n) in enumerate(zip(r, widths))), file=out)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[1])
    parser.add_argument("--sockwake", required=True)
    parser.add_argument("--attach", default="auto")
    parser.add_argument("--programs", default="build/truth", help="where those of c/ are built")
    parser.add_argument("--table", help="also write the table there")
    parser.add_argument("--ci", action="store_true", help="only the programs of which programs.list says so")
    parser.add_argument("--keep", action="store_true", help="keep the traces")
    parser.add_argument("--witness-kb", type=int, default=32768, help="the kernel's tracer's room for each CPU")
    parser.add_argument("--buffer", default="32M", help="sockwake's buffer for each CPU")
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    os.environ["TRUTH_PROGRAMS"] = os.path.abspath(args.programs)
    place = os.path.join(HERE, "programs")
    listed = programs()
    names = args.names or [n for n in listed if not args.ci or listed[n][0] == "ci"]
    if args.attach == "auto":
        doctor = subprocess.run([args.sockwake, "doctor", "--format=json"], capture_output=True, text=True, check=False)
        if '"kprobes":false,"trampolines":false' in doctor.stdout:
            args.attach = "tracepoint"
    tap, rows = Tap(args.attach), []
    for name in names:
        run = Run(args, name, os.path.join(place, name + ".py"))
        try:
            run.go()
            run.judge()
            check(tap, run, listed[name][1])
            rows.append(table_row(run))
        except LookupError as e:
            tap.skip(name, e)
        except (Failed, subprocess.SubprocessError, OSError, ValueError) as e:
            tap.line(False, "%s: it runs" % name, [e])
        finally:
            if args.keep:
                print("# %s: %s" % (name, run.dir))
            run.clean()
    print("1..%d" % tap.number)
    print_table(rows, sys.stdout)
    if args.table:
        with open(args.table, "w") as f:
            print_table(rows, f)
    return tap.failed > 0


if __name__ == "__main__":
    sys.exit(main())
