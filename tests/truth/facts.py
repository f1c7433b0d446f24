# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""What single programs know beside who caused their wake-ups: {program: (what, function)}; the function is given
the run and returns what is not so."""


def some_of(run, kind):
    return [line for line in run.lines if line["type"] == kind]


def lost(run):
    """What is lost is said to be lost: so many events may be missing."""
    return sum(n for cause, n in run.summary["lost"].items() if cause != "stacks_full")


def errors(run):
    faults = []
    wakeups = [w for w in run.wakeups if w["cause"] == "error"]
    woken = sum(any(t["comm"] == "reader" for t in w["woken"]) for w in wakeups)
    times = run.said["facts"]["times"]
    if not (times - lost(run) <= len(wakeups) <= times and times - lost(run) <= woken <= times):
        faults.append("%d refusals: %d error wake-ups, %d of them woke the reader" % (times, len(wakeups), woken))
    ends = [w["ended_by"] for w in some_of(run, "wait") if w["comm"] == "reader"]
    if set(ends) != {"wakeup"} or not times - lost(run) <= len(ends) <= times:
        faults.append("the reader's waits were ended by %s" % ends)
    return faults


def first_sleep(run):
    waits = [w for w in some_of(run, "wait") if w["comm"] in ("", "sleeper")]
    faults = ["%d waits" % len(waits)] if not waits else []
    for what, wrong in (("have no name", [w for w in waits if not w["pid"] or not w["comm"]]),
                        ("were ended by a wake-up and do not say so",
                         [w for w in waits if w["ended_by"] != "wakeup"])):
        if wrong:
            faults.append("%d of %d waits %s: %s" % (len(wrong), len(waits), what, wrong[0]))
    return faults


def one_worker(run):
    wrong = [w for w in run.wakeups if len([t for t in w["woken"] if not t.get("awake")]) > 1]
    return ["%d wake-ups are said to have woken more than the one task: %s" % (len(wrong), wrong[0])] if wrong else []


def long_send(run):
    """Asleep no longer than the clock and the processor's time leave, and as often as the process counted."""
    facts, faults = run.said["facts"], []
    room = facts["took"] - facts["cpu"]
    for w in some_of(run, "wait"):
        if w["op"] != "send":
            continue
        asleep = w.get("asleep_ns", w["duration_ns"])
        if asleep > room * 1.1 + 5e6:
            faults.append("asleep for %.0f ms in a send of %.0f ms, of which %.0f ms on a CPU" % (
                asleep / 1e6, facts["took"] / 1e6, facts["cpu"] / 1e6))
        if abs(w.get("sleeps", 0) - facts["sleeps"]) > 2:
            faults.append("%s sleeps, by its own count %d" % (w.get("sleeps"), facts["sleeps"]))
    return faults


def spliced(run):
    reads = [r for r in some_of(run, "io") if r["op"] == "recv" and r["result"] == 1]
    late = [r for r in reads if r["end"] - r["wakeup_ts"] > 4 * run.said["facts"]["soon"]]
    faults = ["a recv is said to have come %.0f ms after its wake-up" % ((r["end"] - r["wakeup_ts"]) / 1e6) for r in late]
    return faults + ([] if reads else ["the recv is not told"])


def other_taker(run):
    told = [r for r in some_of(run, "io") if r["op"] == "recv" and r["comm"] == "first" and r["result"] > 0]
    faults = ["what came at once is said to answer a wake-up %.0f ms before" % ((r["end"] - r["wakeup_ts"]) / 1e6)
              for r in told if r["end"] - r["wakeup_ts"] > 1e8]
    return faults + ([] if told else ["the recv is not told"])


def zerocopy(run):
    """Each completion wakes the thread that sleeps for it, and a sleep is ended by one that came while it lasted."""
    times = run.said["facts"]["times"]
    waits = [w for w in some_of(run, "wait") if w["comm"] == "reaper" and w.get("ended", True)]
    ended = [w for w in waits if w["ended_by"] == "wakeup" and w["ts"] <= w["wakeup_ts"] <= w["end"]]
    if len(ended) < times - lost(run) or len(ended) != len(waits):
        return ["%d completions (lost: %d); of %d waits %d say that a wake-up in their time ended them: %s" % (
            times, lost(run), len(waits), len(ended), next((w for w in waits if w not in ended), ""))]
    return []


FACTS = {
    "errors": ("error wake-ups wake the reader, and end its waits", errors),
    "zerocopy": ("each completion ends the sleep for it", zerocopy),
    "first_sleep": ("each wait has a task, and ended by its wake-up", first_sleep),
    "one_worker": ("no wake-up woke the one task twice", one_worker),
    "long_send": ("asleep is time asleep", long_send),
    "spliced": ("a recv answers the wake-up that told of its data", spliced),
    "other_taker": ("a recv answers the wake-up that told of its data", other_taker),
}
