#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""validate.py SCHEMA FILE...: each line of each file against the definition of its type.

Tells the first lines that are not valid, and types of the schema that no line has.
"""
import json
import sys

import jsonschema

with open(sys.argv[1], encoding="utf-8") as f:
    schema = json.load(f)
jsonschema.Draft202012Validator.check_schema(schema)
types = [one["$ref"].rsplit("/", 1)[1] for one in schema["oneOf"]]
# By its type: else a message says no more than that none of eleven fits.
validators = {
    name: jsonschema.Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": schema["$defs"]})
    for name in types
}
seen, bad = set(), 0
for path in sys.argv[2:]:
    with open(path, encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
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
missing = [name for name in types if name not in seen]
if missing:
    print("types that no line has:", " ".join(missing))
sys.exit(1 if bad or missing else 0)
