#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""layers.py BUILD: does each folder of src/ use only those that docs/design.md lets it use, and does each file
stand only on files below it, so that there are no circles? By what the objects define and lack, which nobody can
forget to write down. TAP."""
import glob
import os
import subprocess
import sys

MAY_USE = {
    "base": [],
    "core": ["base"],
    "trace": ["base", "core"],
    "render": ["base", "core"],
    "live": ["base", "core"],
    "cmd": ["base", "core", "trace", "render", "live"],
}


def symbols(path):
    """What an object defines, and what it lacks."""
    defines, lacks = set(), set()
    # gcc's knows objects that are optimised when they are linked.
    for nm in ("gcc-nm", "nm"):
        try:
            text = subprocess.run([nm, path], capture_output=True, text=True, check=True).stdout
            break
        except (OSError, subprocess.CalledProcessError):
            continue
    for line in text.splitlines():
        *_, kind, name = line.split()
        if kind in "TDRBCV":
            defines.add(name)
        elif kind == "U":
            lacks.add(name)
    return defines, lacks


def circles(uses):
    """The groups of files that stand on each other (Tarjan)."""
    number, low, stack, found = {}, {}, [], []

    def visit(v):
        number[v] = low[v] = len(number)
        stack.append(v)
        for w in uses[v]:
            if w not in number:
                visit(w)
                low[v] = min(low[v], low[w])
            elif w in stack:
                low[v] = min(low[v], number[w])
        if low[v] == number[v]:
            group = stack[stack.index(v):]
            del stack[stack.index(v):]
            if len(group) > 1:
                found.append(sorted(group))

    for v in uses:
        if v not in number:
            visit(v)
    return found


def main():
    files = {}
    for path in glob.glob(os.path.join(sys.argv[1], "src", "*", "*.o")):
        name = path.split(os.sep)[-2] + "/" + os.path.basename(path)[:-2]
        # An object whose source has gone is a build's from before.
        if os.path.exists(os.path.join("src", name + ".c")):
            files[name] = symbols(path)
    owner = {symbol: name for name, (defines, _) in files.items() for symbol in defines}
    uses = {name: {owner[s] for s in lacks if s in owner and owner[s] != name}
            for name, (_, lacks) in files.items()}
    faults = ["%s uses %s" % (a, b) for a in sorted(uses) for b in sorted(uses[a])
              if a.split("/")[0] != b.split("/")[0] and b.split("/")[0] not in MAY_USE[a.split("/")[0]]]
    count = sum(len(u) for u in uses.values())
    print("%s 1 - each of %d folders uses only those that it may use" % ("not ok" if faults or count < 100 else "ok",
                                                                        len(MAY_USE)))
    for fault in faults:
        print("#", fault)
    groups = circles(uses)
    print("%s 2 - no circles among %d files, which use each other %d times" % (
        "not ok" if groups or len(files) < 100 else "ok", len(files), count))
    for group in groups:
        print("# a circle:", " ".join(group))
    return 1 if faults or groups or len(files) < 100 else 0


sys.exit(main())
