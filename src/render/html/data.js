// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
// The page's data: from the blocks that src/render/html_*.c write to tables that can be searched fast.
'use strict';

const Data = (() => {
	const read = (id) => JSON.parse(Dom.$(id).textContent);
	const trace = read('data-trace');
	const outcome = read('data-outcome');
	const raw = read('data-events');
	for (const id of ['data-trace', 'data-outcome', 'data-events'])
		Dom.$(id).remove();

	const KIND = {};
	trace.kinds.forEach((name, i) => { KIND[name] = i; });

	// Where in a row what is; what stands after these is of its kind alone.
	const COL = {kind: 0, socket: 1, ts: 2, cpu: 3, task: 4, flags: 5,
		hook: 6, context: 7, role: 8, waiters: 9, exclusive: 10, rx: 11, tx: 12, listener: 13,
		state: 14, how: 15, origin: 16, kernelStack: 17, userStack: 18, // wakeup; stacks are often not there
		back: 6,					// how long ago its wake-up was
		via: 7,						// woken
		wokenBack: 7,					// run
		runBack: 7, beginBack: 8, op: 9, result: 10, off: 11, others: 12, // io
		waitBegin: 7, waitEnd: 8, waitOp: 9, ended: 10, waitResult: 11};  // wait
	const ROLES = ['unknown', 'cause', 'bystander'];

	// What is drawn where: each socket has a list of each, in order of time.
	const LANE = {wait: 0, wakeup: 1, delay: 2, io: 3, end: 4};
	const LANES = 5;

	const tasks = [];
	const stacks = [null];
	const rows = [];
	for (const r of raw) {
		if (r[0] === 0)	// what src/render/html_names.c writes
			tasks.push({pid: r[1], tid: r[2], comm: r[3], number: tasks.length});
		else if (r[0] === 1)
			stacks.push(r.slice(1));
		else
			rows.push(r);
	}
	raw.length = 0;
	const n = rows.length;

	const sockets = [];
	const byId = new Map();
	const splitTasks = (flat) => {
		const list = [];
		for (let i = 0; i + 2 < flat.length; i += 3)
			list.push({pid: flat[i], tid: flat[i + 1], comm: flat[i + 2]});
		return list;
	};
	for (const s of outcome.sockets) {
		const socket = {index: sockets.length, id: s[0], name: s[1], inode: s[2], cookie: s[3],
			netns: s[4], destroyed: !!s[5], events: s[6], wakeups: s[7],
			tasks: splitTasks(s[8]), moreTasks: !!s[9], listener: false, latencies: null,
			worst: null, findings: 0, severity: 3, lanes: null, all: null, haystack: ''};
		sockets.push(socket);
		byId.set(socket.id, socket);
	}
	const slow = (s) => s && {total: s[0], socket: s[1], wakeup: s[2], woken: s[3], run: s[4],
		take: s[5], task: {pid: s[6], tid: s[7], comm: s[8]}};
	const hist = (h) => h && {count: h[0], min: h[1], max: h[2],
		at: h.slice(3, 7), steps: h.slice(7)};
	for (const [id, listener, latencies, worst] of outcome.delays || []) {
		const socket = byId.get(id);
		if (!socket)
			continue;
		socket.listener = !!listener;
		socket.latencies = latencies.map(hist);
		socket.worst = slow(worst);
	}
	const taskLatencies = new Map();
	for (const [pid, tid, comm, latencies, worst] of outcome.tasks || [])
		taskLatencies.set(`${pid}/${tid}`, {task: {pid, tid, comm},
			latencies: latencies.map(hist), worst: slow(worst)});
	const SEVERITIES = ['critical', 'warning', 'info'];
	for (const f of outcome.findings) {
		f.tasks = splitTasks(f.tasks);
		f.where = byId.get(f.socket) || null;
		if (f.where) {
			f.where.findings++;
			f.where.severity = Math.min(f.where.severity, SEVERITIES.indexOf(f.severity));
		}
	}

	// Of each event: its socket, its kind, and from when to when it is drawn.
	const socketOf = new Int32Array(n), kindOf = new Uint8Array(n);
	const from = new Float64Array(n), to = new Float64Array(n);
	// Its wake-up, and that one's next consequence; -1: none.
	const parent = new Int32Array(n).fill(-1), child = new Int32Array(n).fill(-1);
	const sibling = new Int32Array(n).fill(-1);
	const counts = new Array(trace.kinds.length).fill(0);
	const before = (t, back) => back === null ? t : t - back;

	for (let i = 0; i < n; i++) {
		const r = rows[i], t = r[COL.ts], kind = r[COL.kind];
		kindOf[i] = kind;
		counts[kind]++;
		socketOf[i] = byId.get(r[COL.socket]).index;
		from[i] = to[i] = t;
		if (kind === KIND.io) {
			from[i] = before(t, r[COL.beginBack]);
		} else if (kind === KIND.wait) {
			from[i] = before(t, r[COL.waitBegin]);
			to[i] = before(t, r[COL.waitEnd]);
		} else if (kind === KIND.run) {
			from[i] = before(t, r[COL.wokenBack]);
		}
	}

	const laneOf = [];
	laneOf[KIND.wait] = LANE.wait;
	laneOf[KIND.wakeup] = LANE.wakeup;
	laneOf[KIND.run] = LANE.delay;
	laneOf[KIND.io] = LANE.io;
	laneOf[KIND.destroy] = LANE.end;
	// A woken task is drawn by its run; where that was not seen, as one itself.
	laneOf[KIND.woken] = LANE.delay;

	// The first of a list, sorted by what `key` has of each, that is not below t.
	function lowerBound(list, key, t) {
		let a = 0, b = list.length;
		while (a < b) {
			const mid = (a + b) >> 1;
			if (key[list[mid]] < t)
				a = mid + 1;
			else
				b = mid;
		}
		return a;
	}

	const EMPTY = {events: new Int32Array(0), reach: new Float64Array(0)}; // most lanes of most sockets

	function buildLists() {
		const lists = sockets.map(() => Array.from({length: LANES}, () => []));
		for (let i = 0; i < n; i++)
			lists[socketOf[i]][laneOf[kindOf[i]]].push(i);
		sockets.forEach((s, k) => {
			s.all = [];
			s.lanes = lists[k].map((list) => {
				if (!list.length)
					return EMPTY;
				const events = Int32Array.from(list);
				let sorted = true;
				for (let i = 1; i < events.length && sorted; i++)
					sorted = from[events[i - 1]] <= from[events[i]];
				if (!sorted)
					events.sort((a, b) => from[a] - from[b] || a - b);
				// The latest end so far: where to begin to look for what reaches into a time.
				const reach = new Float64Array(events.length);
				let latest = -Infinity;
				for (let i = 0; i < events.length; i++)
					reach[i] = latest = Math.max(latest, to[events[i]]);
				for (const e of list)
					s.all.push(e);
				return {events, reach};
			});
			s.all = Int32Array.from(s.all).sort((a, b) => from[a] - from[b] || a - b);
		});
	}

	// How long ago its wake-up was; null: it has none.
	function back(i) {
		const k = kindOf[i];
		return k === KIND.woken || k === KIND.run || k === KIND.io || k === KIND.wait
			? rows[i][COL.back] : null;
	}

	function findWakeup(socket, t) {
		const list = socket.lanes[LANE.wakeup].events;
		const at = lowerBound(list, from, t);
		return at < list.length && from[list[at]] === t ? list[at] : -1;
	}

	function link() {
		for (let i = n - 1; i >= 0; i--) {
			const ago = back(i);
			if (ago === null)
				continue;
			const p = findWakeup(sockets[socketOf[i]], rows[i][COL.ts] - ago);
			if (p < 0)
				continue;
			parent[i] = p;
			sibling[i] = child[p];
			child[p] = i;
		}
	}

	function children(i) {
		const list = [];
		for (let c = child[i]; c >= 0; c = sibling[c])
			list.push(c);
		return list;
	}

	function taskOf(i) {
		return tasks[rows[i][COL.task]] || null;
	}

	// What a socket is found by, in small letters.
	function buildHaystacks() {
		const seen = sockets.map(() => new Set());
		for (let i = 0; i < n; i++)
			if (kindOf[i] !== KIND.destroy)
				seen[socketOf[i]].add(rows[i][COL.task]);
		sockets.forEach((s, k) => {
			const words = [`#${s.id}`, s.name, s.inode, s.cookie === '0' ? '' : s.cookie, s.netns];
			for (const t of s.tasks)
				words.push(Format.task(t), t.tid);
			for (const number of seen[k])
				if (tasks[number])
					words.push(Format.task(tasks[number]), tasks[number].tid);
			s.haystack = words.join(' ').toLowerCase();
		});
	}

	// A wait may have begun long before the trace: it does not stretch it.
	function span(first, last) {
		for (let i = 0; i < n; i++) {
			first = Math.min(first, rows[i][COL.ts]);
			last = Math.max(last, to[i]);
		}
		return {first, last: last > first ? last : first + 1e6};
	}
	const extent = span(0, outcome.duration_ns);
	const busy = n ? span(Infinity, -Infinity) : extent;

	buildLists();
	link();
	buildHaystacks();

	const CAUSES = new Set(['readable', 'writable', 'state', 'error', 'async']);
	// A file may give a wake-up any hook: what wakes nobody is drawn as a change of state.
	function cause(i) {
		const name = trace.causes[rows[i][COL.hook]];
		return CAUSES.has(name) ? name : 'state';
	}
	// The name under which the page knows, draws and filters it.
	function sort(i) {
		switch (kindOf[i]) {
		case KIND.wakeup: return cause(i);
		case KIND.woken:
		case KIND.run: return 'run';
		case KIND.io: return 'io';
		case KIND.wait: return 'wait';
		default: return 'destroy';
		}
	}

	return {trace, outcome, KIND, COL, LANE, LANES, ROLES, SEVERITIES, tasks, stacks, rows, n, sockets, byId,
		taskLatencies, all: (outcome.all || []).map(hist), slowest: (outcome.slowest || []).map(slow),
		socketOf, kindOf, from, to, parent, counts, lowerBound, findWakeup, children, taskOf, back,
		extent, busy, sort};
})();
