#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""validate.py [--some] SCHEMA FILE...: each line of each file against the definition of its type.

Tells the first lines that are not valid and, without --some, types of the schema that no line has.
With - for FILE, the names of the files are read from standard input.
"""
import json
import re
import sys

import jsonschema

args = sys.argv[1:]
some = args[0] == "--some"
if some:
    args.pop(0)
files = args[1:] if args[1:] != ["-"] else sys.stdin.read().splitlines()
with open(args[0], encoding="utf-8") as f:
    schema = json.load(f)
jsonschema.Draft202012Validator.check_schema(schema)
types = [one["$ref"].rsplit("/", 1)[1] for one in schema["oneOf"]]
# By its type: else a message says no more than that none of eleven fits.
validators = {
    name: jsonschema.Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": schema["$defs"]})
    for name in types
}
# A line that differs from another one in numbers alone is as valid: but for zeros, which may be
# too small.
number_but_zero = re.compile(r"[1-9][0-9]*")
seen, known, bad, lines = set(), set(), 0, 0
for path in files:
    with open(path, encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            lines += 1
            shape = number_but_zero.sub("9", line)
            if shape in known:
                continue
            known.add(shape)
            value = json.loads(line)
            kind = value.get("type")
            seen.add(kind)
            if kind not in validators:
                errors = [f"no such type: {kind}"]
            else:
                errors = [e.message for e in validators[kind].iter_errors(value)]
            if errors:
                bad += 1
                if bad <= 10:
                    print(f"{path}:{number}: {errors[0]}")
missing = [name for name in types if name not in seen and not some]
if missing:
    print("types that no line has:", " ".join(missing))
if some and not lines:
    print("no line at all")
    bad = 1
sys.exit(1 if bad or missing else 0)
