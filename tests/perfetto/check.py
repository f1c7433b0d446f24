#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""check.py FILE...: what must hold of each exported trace, as protoc decodes it.

check.py --print FILE: the same; and its packets, one a line, with words for their numbers.

check.py --self-test FILE: breaks that trace in every way that is looked for, and fails
unless each is found; it must be one that has slices, flows and counters.
"""
import copy
import functools
import os
import re
import subprocess
import sys
import unicodedata

HERE = os.path.dirname(os.path.abspath(__file__))
BEGIN, END, INSTANT, COUNTER = "SLICE_BEGIN", "SLICE_END", "INSTANT", "COUNTER"
MONOTONIC, REALTIME = "3", "1"
TEXTS = ("name", "process_name", "string_value", "categories", "str")
# What a number stands for, and what it is then written as.
INTERNED = {
    "event_categories": ("category_iids", "categories"),
    "event_names": ("name_iid", "name"),
    "debug_annotation_names": ("note's name_iid", "name"),
    "debug_annotation_string_values": ("string_value_iid", "string_value"),
}


def decode(path):
    """The packets, each a dictionary of lists; a message is one in turn."""
    with open(path, "rb") as f:
        text = subprocess.run(
            ["protoc", "-I", HERE, "--decode=expected.Trace", HERE + "/expected.proto"],
            stdin=f, stdout=subprocess.PIPE, check=True).stdout.decode("ascii")
    top = {}
    open_messages = [top]
    for line in text.splitlines():
        line = line.strip()
        if line == "}":
            open_messages.pop()
        elif line.endswith(" {"):
            inner = {}
            open_messages[-1].setdefault(line[:-2], []).append(inner)
            open_messages.append(inner)
        else:
            key, value = line.split(": ", 1)
            open_messages[-1].setdefault(key, []).append(value)
    return top.get("packet", [])


@functools.lru_cache(65536)
def text_of(quoted):
    """What protoc quoted; ValueError unless it is UTF-8."""
    escapes = {"n": b"\n", "r": b"\r", "t": b"\t"}

    def one(m):
        c = m.group(1)
        if c[0].isdigit():
            return bytes([int(c, 8)]).decode("latin-1")
        return escapes.get(c, c.encode()).decode("latin-1")

    raw = re.sub(r"\\([0-7]{3}|.)", one, quoted[1:-1])
    return raw.encode("latin-1").decode("utf-8")


def walk(message):
    for key, values in message.items():
        for v in values:
            yield key, v
            if isinstance(v, dict):
                yield from walk(v)


class Checker:
    def __init__(self):
        self.errors = []
        self.tracks, self.open, self.flows = {}, {}, {}
        self.words = {}
        self.last = None
        self.counts = dict.fromkeys((BEGIN, INSTANT, COUNTER, "flow"), 0)

    def must(self, condition, *what):
        if not condition:
            self.errors.append(" ".join(str(w) for w in what))

    def packet(self, i, p):
        for key, value in walk(p):
            self.must(not key.isdigit(), i, "a field nobody knows:", key)
            if key in TEXTS:
                try:
                    bad = [c for c in text_of(value) if unicodedata.category(c) in ("Cc", "Cf")]
                    self.must(not bad, i, "control characters:", value)
                except ValueError:
                    self.must(False, i, "not UTF-8:", value)
        self.must(p.get("trusted_packet_sequence_id") == ["1"], i, "another sequence")
        if i == 0:
            self.head(p)
        elif "interned_data" in p:
            self.intern(i, p["interned_data"][0])
        elif "track_descriptor" in p:
            self.track(i, p["track_descriptor"][0])
        elif "track_event" in p:
            self.event(i, p, p["track_event"][0])
        else:
            self.must(False, i, "a packet of nothing")

    def intern(self, i, data):
        for kind, entries in data.items():
            where = INTERNED.get(kind, ("?", "?"))[0]
            for entry in entries:
                number = entry.get("iid", ["0"])[0]
                self.must(number != "0", i, "a word has no number")
                self.must((where, number) not in self.words, i, "two words of one number:", number)
                self.words[where, number] = entry.get("name", entry.get("str"))[0]
        self.must(not self.tracks and self.last is None, i, "a word that comes too late")

    def resolve(self, i, message, prefix=""):
        """Puts words in the place of their numbers."""
        for where, what in INTERNED.values():
            key = where.split()[-1]
            if where.startswith("note's") != bool(prefix) and key == "name_iid" or key not in message:
                continue
            for number in message.pop(key):
                word = self.words.get((where, number))
                self.must(word, i, "no such word:", key, number)
                message[what] = [word or '""']
        for note in message.get("debug_annotations", []) + message.get("array_values", []):
            self.resolve(i, note, "note")

    def head(self, p):
        self.must(p.get("sequence_flags") == ["1"], "the first packet does not clear the state")
        snapshot = p.get("clock_snapshot", [{}])[0]
        ids = [c.get("clock_id", [""])[0] for c in snapshot.get("clocks", [])]
        self.must(sorted(ids) == [REALTIME, MONOTONIC], "clocks:", ids)
        self.must(all("timestamp" in c for c in snapshot.get("clocks", [])), "a clock has no time")
        self.must(snapshot.get("primary_trace_clock") == ["MONOTONIC"], "the trace's clock")

    def track(self, i, t):
        uuid, parent = t["uuid"][0], t.get("parent_uuid", [None])[0]
        self.must(self.last is None, i, "a track that comes behind events")
        self.must(uuid != "0", i, "a track has no number")
        self.must(parent is None or parent in self.tracks, i, "no such parent:", parent)
        is_top = "process" in t or t.get("name") in (['"sockwake"'], ['"no process seen"'])
        self.must((parent is None) == is_top, i, "where it is:", t)
        self.must("name" in t or "process_name" in t.get("process", [{}])[0], i, "no name")
        kind = (parent, "counter" in t, t.get("process", [{}])[0].get("pid"))
        self.must(self.tracks.setdefault(uuid, kind) == kind, i, "another track of that number")

    def event(self, i, p, e):
        ts, track, kind = int(p["timestamp"][0]), e["track_uuid"][0], e["type"][0]
        self.must(p.get("timestamp_clock_id") == [MONOTONIC], i, "another clock")
        self.must(p.get("sequence_flags") == ["2"], i, "flags of an event")
        self.resolve(i, e)
        self.must(self.last is None or ts >= self.last, i, "not sorted:", ts, "after", self.last)
        self.last = ts
        self.must(track in self.tracks, i, "a track that was not described:", track)
        is_counter = self.tracks.get(track, (None, kind == COUNTER, None))[1]
        self.must(is_counter == (kind == COUNTER), i, kind, "on such a track")
        self.must(("counter_value" in e) == (kind == COUNTER), i, "a value of", kind)
        self.must(("name" in e) == (kind in (BEGIN, INSTANT)), i, "the name of", kind)
        self.counts[kind] = self.counts.get(kind, 0) + 1
        stack = self.open.setdefault(track, [])
        if kind == BEGIN:
            stack.append(ts)
        elif kind == END:
            self.must(stack, i, "an end without its begin")
            if stack:
                self.must(stack.pop() < ts, i, "a slice that takes no time")
        for flow in e.get("flow_ids", []):
            self.must(flow != "0", i, "a flow has no number")
            self.must(self.flows.get(flow) != "over", i, "a flow that was over:", flow)
            self.flows[flow] = "open"
        for flow in e.get("terminating_flow_ids", []):
            self.must(self.flows.get(flow) == "open", i, "a flow that ends and is not open:", flow)
            self.flows[flow] = "over"
            self.counts["flow"] += 1

    def end(self):
        for track, stack in self.open.items():
            self.must(not stack, "track", track, "has begins without ends:", len(stack))
        for flow, state in self.flows.items():
            self.must(state == "over", "a flow that leads nowhere:", flow)


def check(packets):
    c = Checker()
    for i, p in enumerate(packets):
        c.packet(i, p)
    c.end()
    return c


def events(packets, kind=None, key="track_event"):
    return [p for p in packets if key in p and kind in (None, p[key][0].get("type", [None])[0])]


def with_field(packets, field):
    return next(p["track_event"][0] for p in events(packets) if field in p["track_event"][0])


def tracks(packets):
    return [p["track_descriptor"][0] for p in packets if "track_descriptor" in p]


def swap_times(ps):
    a, b = events(ps)[0], events(ps)[-1]
    a["timestamp"], b["timestamp"] = b["timestamp"], a["timestamp"]


def unbegin(ps):
    flow = with_field(ps, "terminating_flow_ids")["terminating_flow_ids"][0]
    for p in events(ps):
        ids = p["track_event"][0].get("flow_ids", [])
        p["track_event"][0]["flow_ids"] = [i for i in ids if i != flow]


def swap_types(ps):
    begin, end = events(ps, BEGIN)[0]["track_event"][0], events(ps, END)[0]["track_event"][0]
    begin["type"], end["type"] = end["type"], begin["type"]


BREAKS = {
    "an end is missing": lambda ps: ps.remove(events(ps, END)[0]),
    "a begin is missing": lambda ps: ps.remove(events(ps, BEGIN)[0]),
    "a begin and an end are swapped": swap_types,
    "an end is on another track":
        lambda ps: events(ps, END)[0]["track_event"][0].update(track_uuid=["99"]),
    "times are swapped": swap_times,
    "a flow does not end":
        lambda ps: with_field(ps, "terminating_flow_ids").pop("terminating_flow_ids"),
    "a flow does not begin": unbegin,
    "a flow ends twice":
        lambda ps: ps.append(copy.deepcopy([p for p in events(ps) if "terminating_flow_ids"
                                            in p["track_event"][0]][-1])),
    "a track is not described":
        lambda ps: ps.remove(next(p for p in ps if "counter" in p.get("track_descriptor", [{}])[0])),
    "a parent is not described":
        lambda ps: ps.remove(next(p for p in ps if "process" in p.get("track_descriptor", [{}])[0])),
    "a socket is nobody's":
        lambda ps: next(t for t in tracks(ps) if "parent_uuid" in t).pop("parent_uuid"),
    "a track is described too late":
        lambda ps: ps.append(ps.pop(ps.index(next(
            p for p in ps if "counter" in p.get("track_descriptor", [{}])[0])))),
    "a number is two tracks'": lambda ps: tracks(ps)[-1].update(uuid=tracks(ps)[0]["uuid"]),
    "a counter's track is none":
        lambda ps: next(t for t in tracks(ps) if "counter" in t).pop("counter"),
    "a slice is on a counter's track":
        lambda ps: events(ps, INSTANT)[0]["track_event"][0].update(
            track_uuid=next(t for t in tracks(ps) if "counter" in t)["uuid"]),
    "a counter has no value":
        lambda ps: events(ps, COUNTER)[0]["track_event"][0].pop("counter_value"),
    "there is no REALTIME": lambda ps: ps[0]["clock_snapshot"][0]["clocks"].pop(),
    "the clock is another":
        lambda ps: ps[0]["clock_snapshot"][0].update(primary_trace_clock=["BOOTTIME"]),
    "an event is by another clock": lambda ps: events(ps)[-1].update(timestamp_clock_id=["6"]),
    "an event is by no clock": lambda ps: events(ps)[-1].pop("timestamp_clock_id"),
    "the state is not cleared": lambda ps: ps[0].pop("sequence_flags"),
    "the head is missing": lambda ps: ps.pop(0),
    "a word is not told": lambda ps: ps.remove(events(ps, key="interned_data")[-1]),
    "a word is told too late":
        lambda ps: ps.append(ps.pop(ps.index(events(ps, key="interned_data")[0]))),
    "an event does not need words": lambda ps: events(ps)[0].pop("sequence_flags"),
    "a field is unknown": lambda ps: events(ps)[0]["track_event"][0].update({"77": ["1"]}),
    "a name has control characters":
        lambda ps: tracks(ps)[-1].update(name=['"a\\033[31m"']),
    "a name is not UTF-8": lambda ps: tracks(ps)[-1].update(name=['"\\377"']),
    "a slice takes no time":
        lambda ps: ps.extend([
            dict(events(ps)[-1], track_event=[{"type": [BEGIN], "name": ['"x"'],
                                               "track_uuid": tracks(ps)[0]["uuid"]}]),
            dict(events(ps)[-1], track_event=[{"type": [END],
                                               "track_uuid": tracks(ps)[0]["uuid"]}])]),
}


def self_test(path):
    packets, failed = decode(path), 0
    if check(copy.deepcopy(packets)).errors:
        sys.exit(f"{path} is broken already")
    for name, damage in BREAKS.items():
        broken = copy.deepcopy(packets)
        damage(broken)
        found = check(broken).errors
        if not found:
            failed = 1
            print(f"not found: {name}")
    print(f"{len(BREAKS)} kinds of damage")
    return failed


def line_of(message):
    return " ".join(f"{key} {{ {line_of(v)} }}" if isinstance(v, dict) else f"{key}: {v}"
                    for key, values in message.items() for v in values)


def main(args):
    if args[:1] == ["--self-test"]:
        return self_test(args[1])
    printing = args[:1] == ["--print"]
    failed = 0
    for path in args[printing:]:
        packets = decode(path)
        c = check(packets)
        if printing:
            for error in c.errors:
                print(error, file=sys.stderr)
            print("\n".join(line_of(p) for p in packets if "interned_data" not in p))
            return bool(c.errors)
        for error in c.errors[:10]:
            print(f"{path}: {error}")
        failed |= bool(c.errors)
        print(f"{path}: {len(c.tracks)} tracks, {c.counts[BEGIN]} slices, {c.counts[INSTANT]} instants, "
              f"{c.counts[COUNTER]} values, {c.counts['flow']} flows, {len(c.errors)} errors")
    return failed


sys.exit(main(sys.argv[1:]))
