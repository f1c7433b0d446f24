# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# From samples to rows: medians, ratios, and whether a target is met.

def median: sort | if length == 0 then null
	elif length % 2 == 1 then .[length / 2 | floor]
	else (.[length / 2 - 1] + .[length / 2]) / 2 end;

def sum: reduce .[] as $x (0; . + ($x // 0));

# Ratios are of cells of the same round, and the median of those: what changed on
# the machine between rounds cancels out.
def ratios($a; $b): [range(1; 1 + ([$a[], $b[] | .round] | max // 0)) as $r |
	([$a[] | select(.round == $r) | .value][0]) as $x |
	([$b[] | select(.round == $r) | .value][0]) as $y |
	select($x and $y and $y != 0) | $x / $y];

def rate: {round, value: .rps};

def cell($part; $name): [.[] | select(.part == $part and .cell == $name)];

def per_run($program): {round, value: ([.programs[] | select(.name | test($program)) |
	.ns / .runs][0])} | select(.value);

# what: the row; value; unit; low and high, of single rounds; need: "<= 1.5" or null
def row($what; $values; $unit; $op; $need):
	($values | map(select(. != null))) as $v | ($v | median) as $m |
	{what: $what, value: $m, unit: $unit, low: ($v | min), high: ($v | max),
	 target: (if $op then "\($op) \($need)" else null end),
	 met: (if $op | not then null elif $m == null then false
		elif $op == "<=" then $m <= $need
		elif $op == "<" then $m < $need
		elif $op == ">=" then $m >= $need
		else $m == $need end)};

def throughput_cells: . as $s |
	([.[] | select(.part == "throughput") | .cell] | unique |
	 sort_by({untraced: 0, callbacks: 1, perf: 2, bpftrace: 3, all: 4, "perf-sched": 5, idle: 6,
	  record: 7, "record-all": 8}[.])) | map(. as $name |
	($s | cell("throughput"; $name)) as $c | ($c | map(rate)) as $r |
	{cell: $name, rps: ($c | map(.rps) | median),
	 to_untraced: (ratios($r; $s | cell("throughput"; "untraced") | map(rate)) | median),
	 to_perf: (ratios($r; $s | cell("throughput"; "perf") | map(rate)) | median),
	 to_bpftrace: (ratios($r; $s | cell("throughput"; "bpftrace") | map(rate)) | median),
	 events: ($c | map(.events) | median), lost: ($c | map(.lost) | sum),
	 cpu: ($c | map(.cpu) | median), bytes: ($c | map(.bytes) | median)});

def throughput_row($mine; $other; $op; $need): . as $s |
	(cell("throughput"; $mine) | map(rate)) as $c |
	row("\($mine), requests/s to \($other)";
		ratios($c; $s | cell("throughput"; $other) | map(rate)); ""; $op; $need);

def throughput_rows:
	if cell("throughput"; "callbacks") == [] then empty else
	throughput_row("callbacks"; "untraced"; null; 0),
	throughput_row("callbacks"; "perf"; ">="; 0.9),
	throughput_row("callbacks"; "bpftrace"; ">="; 2),
	throughput_row("all"; "untraced"; null; 0),
	throughput_row("all"; "perf-sched"; ">="; 0.85),
	throughput_row("idle"; "untraced"; ">="; 0.95),
	throughput_row("record"; "perf"; ">="; 1),
	throughput_row("record-all"; "untraced"; ">="; 0.85),
	throughput_row("record-all"; "perf-sched"; ">="; 0.85),
	row("events lost"; [cell("throughput"; "callbacks", "all", "idle", "record", "record-all") | map(.lost) | sum];
		""; "="; 0)
	end;

def bpf_rows: . as $s | (cell("bpf"; "callbacks")) as $c |
	if $c == [] then empty else
	($c | map(per_run("sock_def_readable"))) as $mine |
	(cell("bpf"; "reference") | map(per_run("reference"))) as $least |
	(cell("bpf"; "reference-notify") | map(per_run("reference"))) as $notify |
	row("BPF time, to the reference"; ratios($mine; $least); ""; "<="; 1.5),
	row("BPF time, to one that notifies"; ratios($mine; $notify); ""; null; 0),
	row("BPF reference"; $least | map(.value); "ns/run"; null; 0),
	row("BPF reference that notifies"; $notify | map(.value); "ns/run"; null; 0),
	(("callbacks", "all", "idle") as $cell | ($s | cell("bpf"; $cell)) as $c |
		[$c[].programs[].name] | unique[] as $name |
		row("\($cell): \($name)"; $c | map(per_run("^\($name)$").value); "ns/run"; null; 0),
		row("\($cell): \($name)"; $c | map(.seconds as $t | .programs[] |
			select(.name == $name) | .runs / $t); "runs/s"; null; 0))
	end;

def user_rows:
	([.[] | select(.part == "attach") | .seconds] |
		if . == [] then empty else row("exec to ready"; .; "s"; "<="; 0.5) end),
	(group_by([.format, .kind])[] | map(select(.part == "memory")) | select(. != []) |
		row("memory, \(.[0].format), 10000 \(.[0].kind) sockets"; map(.kib / 1024);
			"MiB"; "<"; 61)); # 64 MB

def file_rows: . as $s | (cell("files"; "perf") | map({round, value: (.records / .seconds)})) as $perf |
	if $perf == [] then empty else
	(["summary", 10], ["ndjson", 3] | . as [$cell, $need] |
		($s | cell("files"; $cell) | map({round, value: (.records / .seconds)})) as $mine |
		row("report of a file, \($cell)"; $mine | map(.value / 1e6); "M/s"; null; 0),
		row("... records/s to perf script"; ratios($mine; $perf); ""; ">="; $need)),
	row("a file, bytes a record"; [.[] | select(.part == "file-size") | .bytes / .records]; "";
		"<="; 20),
	row("... perf.data"; [.[] | select(.part == "file-size") | .perf_bytes / .samples]; ""; null; 0),
	row("report of a file, memory"; [.[] | select(.part == "file-size") | .kib / 1024]; "MiB";
		"<"; 61)
	end;

def guest_rows: . as $s | [.[] | select(.kernel) | .kernel] | unique[] as $kernel |
	($s | map(select(.kernel == $kernel))) as $k | ("kprobe", "fentry") as $by |
	($k | cell("guest"; $by)) as $c |
	row("\($kernel) \($by), requests/s to untraced";
		ratios($c | map(rate); $k | cell("guest"; "untraced") | map(rate)); ""; null; 0),
	(["perf", ">=", 0.9], ["bpftrace", ">=", 2] | . as [$other, $op, $need] |
		row("\($kernel) \($by), requests/s to \($other)";
			ratios($c | map(rate); $k | cell("guest"; $other) | map(rate)); ""; $op; $need)),
	row("\($kernel) \($by), all of it, requests/s to untraced";
		ratios($k | cell("guest"; "all-\($by)") | map(rate);
			$k | cell("guest"; "untraced") | map(rate)); "";
		(if $by == "fentry" then ">=" else null end); 0.8),
	row("\($kernel) \($by), all of it by record, requests/s to untraced";
		ratios($k | cell("guest"; "record-\($by)") | map(rate);
			$k | cell("guest"; "untraced") | map(rate)); "";
		(if $by == "fentry" then ">=" else null end); 0.8),
	row("\($kernel) \($by), an idle process, requests/s to untraced";
		ratios($k | cell("guest"; "idle-\($by)") | map(rate);
			$k | cell("guest"; "untraced") | map(rate)); "";
		(if $by == "fentry" then ">=" else null end); 0.97),
	row("\($kernel) \($by), events lost"; [$c + ($k | cell("guest"; "all-\($by)", "record-\($by)")) |
		select(. != []) | map(.lost) | sum]; ""; "="; 0),
	($k | map(select(.part == "guest-memory" and .attach == $by))[] |
		row("\($kernel) \($by), memory, \(.command): all to a fifth";
			[.late / .early]; ""; "<="; 1.1)),
	(($k | map(select(.attach == $by))) as $b |
		row("\($kernel) \($by), BPF time to the reference";
			ratios($b | cell("guest-bpf"; "sockwake") | map(per_run("_sock_def_readable$"));
				$b | cell("guest-bpf"; "reference") | map(per_run("reference")));
			""; "<="; 1.5));

# What has come and gone by the end, of each kind of load, and its tenth.
def flat_counts: [.[] | select(.part == "memory-flat")] | group_by(.kind) |
	map({key: .[0].kind, value: (map(.count) | max)}) | from_entries;

def memory_rows: . as $s | flat_counts as $most |
	[.[] | select(.part == "memory-flat") | {kind, command}] | unique[] as $cell |
	[$s[] | select(.part == "memory-flat" and .kind == $cell.kind and .command == $cell.command)] as $c |
	$most[$cell.kind] as $n |
	row("\($cell.command), memory, \($cell.kind): all to a tenth";
		[([$c[] | select(.count == $n) | .kib] | max) as $late |
			([$c[] | select(.count != $n) | .kib] | max) as $early |
			select($late and $early) | $late / $early]; ""; "<="; 1.1);

def ending_rows: [.[] | select(.part == "ending")] | group_by(.cell)[] |
	row("\(.[0].cell), SIGTERM to exit under full load"; map(.seconds); "s"; "<="; 2);

# Commands in the order in which they were measured.
def commands: reduce (.[] | select(.part == "memory-held" or .part == "memory-flat") | .command) as $c
	([]; if index([$c]) then . else . + [$c] end);

# A row for each command: most MiB resident, with so many sockets at once, and after so much churn.
def memory_table: . as $s | flat_counts as $most |
	(([.[] | select(.part == "memory-held") | {part, kind, count}] | unique) +
	 [$most | to_entries[] | {part: "memory-flat", kind: .key, count: .value}]) as $columns |
	{$columns, rows: [commands[] as $command | [$s[] | select(.command == $command)] as $mine |
		("kib", "helpers") as $field | select($field == "kib" or ([$mine[].helpers] | max) > 0) |
		{what: (if $field == "kib" then $command else "... its helpers" end),
		 cells: [$columns[] as $at |
			[$mine[] | select({part, kind, count} == $at) | .[$field] | select(. > 0)] | max]}]};

def summary($machine): {machine: $machine, load: [.[].load] | {least: min, most: max},
	throughput: throughput_cells, memory: memory_table,
	rows: [throughput_rows, bpf_rows, user_rows, file_rows, memory_rows, ending_rows, guest_rows],
	samples: .};

def shown: if . == null then "-" elif type != "number" then tostring
	elif . >= 100 then round | tostring
	elif . == floor then tostring
	else . * 100 | round / 100 | tostring end;

def left($n): . + " " * ([$n - length, 0] | max);
def right($n): " " * ([$n - length, 0] | max) + .;

def table:
	"kernel \(.machine.kernel), \(.machine.cpus) CPUs; load average \(.load.least) to \(.load.most)",
	(if .throughput == [] then empty else
	"", (["requests/s", "of untraced", "of perf", "of bpftrace", "events", "lost", "tracer CPU",
		"output MB"] | map(right(12)) | ("" | left(10)) + join("")),
	(.throughput[] | (.cell | left(10)) + ([.rps, .to_untraced, .to_perf, .to_bpftrace, .events,
		.lost, .cpu, .bytes / 1e6] | map(shown | right(12)) | join("")))
	end),
	(if .memory.rows == [] then empty else
	"", ("MiB resident" | left(18)) + (.memory.columns | map("\(.count) \(.kind)" | right(16)) | join("")),
	(.memory.rows[] | (.what | left(18)) +
		(.cells | map((if . then . / 1024 * 10 | round / 10 else . end) | shown | right(16)) | join("")))
	end),
	"", ("" | left(52)) + "median       (rounds)             to reach",
	(.rows[] | (.what | left(46)) + (.value | shown | right(12)) + " " + (.unit | left(7)) +
		("\(.low | shown) .. \(.high | shown)" | left(18)) + "  " +
		(if .target then "\(.target): \(if .met then "met" else "MISSED" end)" else "" end));
