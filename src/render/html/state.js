// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
// What is looked at: which sockets and kinds, what time, what is chosen. Whoever shows it listens.
'use strict';

const State = (() => {
	const SORTS = ['wait', 'readable', 'writable', 'state', 'error', 'async', 'run', 'io', 'destroy'];
	const LEAST = 50; // ns: no shorter time is shown
	const padded = ({first, last}) => ({from: first - (last - first) * 0.01, to: last + (last - first) * 0.01});
	const bounds = padded(Data.extent);
	const busy = padded(Data.busy); // where there are events: what is looked at first

	const state = {
		query: '',
		kinds: new Set(SORTS),
		order: {by: 'worst', down: true},
		shown: [],		// sockets, in order
		view: {...busy},	// time, ns
		socket: null,		// chosen
		event: -1,		// chosen
		hover: -1,
		scope: 'all',		// whose latencies: all, socket or task
	};
	const listeners = [];

	// what: sockets, view, choice, hover, scope or look
	function on(what, f) {
		listeners.push([what, f]);
	}
	function tell(what) {
		for (const [name, f] of listeners)
			if (name === what)
				f();
	}

	const delay = (s, gap, at) => {
		const h = s.latencies && s.latencies[gap];
		return h ? at === undefined ? h.max : h.at[at] : -1;
	};
	const KEYS = {
		worst: (s) => s.worst ? s.worst.total : -1,
		run: (s) => delay(s, 1, 2),
		take: (s) => delay(s, 3, 2),
		events: (s) => s.events,
		wakeups: (s) => s.wakeups,
		findings: (s) => s.findings ? s.findings + 1e6 * (3 - s.severity) : 0,
		id: (s) => s.id,
		inode: (s) => Number(s.inode),
		name: (s) => s.name,
		task: (s) => s.tasks.length ? s.tasks[0].comm : '',
	};

	function compare(key, down) {
		const of = KEYS[key], sign = down ? -1 : 1;
		return (a, b) => {
			const x = of(a), y = of(b);
			if (x !== y)
				return (x < y ? -1 : 1) * sign;
			return b.events - a.events || a.id - b.id;
		};
	}

	function hasKind(s) {
		if (state.kinds.size === SORTS.length || !s.all.length)
			return true;
		for (const i of s.all)
			if (state.kinds.has(Data.sort(i)))
				return true;
		return false;
	}

	function arrange() {
		const words = state.query.toLowerCase().split(/\s+/).filter(Boolean);
		state.shown = Data.sockets.filter((s) =>
			words.every((w) => s.haystack.includes(w)) && hasKind(s));
		state.shown.sort(compare(state.order.by, state.order.down));
		tell('sockets');
	}

	function search(query) {
		state.query = query;
		arrange();
	}
	function toggle(kind) {
		if (!state.kinds.delete(kind))
			state.kinds.add(kind);
		arrange();
	}
	function only(kind) {
		state.kinds = new Set(kind ? [kind] : SORTS);
		arrange();
	}
	function order(by) {
		const down = state.order.by === by ? !state.order.down : by !== 'name' && by !== 'task' && by !== 'id';
		state.order = {by, down};
		arrange();
	}

	// Keeps the span and stays in bounds.
	function look(from, to) {
		const all = bounds.to - bounds.from;
		let span = Math.min(Math.max(to - from, LEAST), all);
		// What a double tells apart there.
		span = Math.max(span, Math.max(Math.abs(from), Math.abs(to)) * 1e-13);
		let a = (from + to) / 2 - span / 2;
		a = Math.min(Math.max(a, bounds.from), bounds.to - span);
		state.view = {from: a, to: a + span};
		tell('view');
	}
	function zoom(factor, at) {
		const {from, to} = state.view;
		const centre = at === undefined ? (from + to) / 2 : at;
		look(centre - (centre - from) * factor, centre + (to - centre) * factor);
	}
	function pan(part) {
		const {from, to} = state.view, by = (to - from) * part;
		look(from + by, to + by);
	}
	const whole = () => look(bounds.from, bounds.to);

	function choose(socket, event) {
		state.socket = socket;
		state.event = event === undefined ? -1 : event;
		if (state.scope === 'socket' && !socket)
			state.scope = 'all';
		tell('choice');
	}
	function hover(event) {
		if (state.hover === event)
			return;
		state.hover = event;
		tell('hover');
	}
	function scope(name) {
		state.scope = name;
		tell('scope');
	}

	// All that a wake-up came to, with some room at both sides.
	function spanOf(event) {
		const head = Data.parent[event] >= 0 ? Data.parent[event] : event;
		let a = Math.min(Data.from[head], Data.from[event]), b = Math.max(Data.to[head], Data.to[event]);
		if (Data.kindOf[head] === Data.KIND.wakeup)
			for (const c of Data.children(head)) {
				if (Data.kindOf[c] === Data.KIND.wait)
					continue; // which began long before
				a = Math.min(a, Data.from[c]);
				b = Math.max(b, Data.to[c]);
			}
		return [a, b];
	}
	function lookAt(event) {
		const [a, b] = spanOf(event);
		const room = Math.max((b - a) * 0.25, 2000);
		look(a - room, b + room);
	}

	// Shows an event wherever it is: what would hide it is switched off.
	function jump(socket, event) {
		if (!state.shown.includes(socket) || (event >= 0 && !state.kinds.has(Data.sort(event)))) {
			state.query = '';
			state.kinds = new Set(SORTS);
			arrange();
		}
		choose(socket, event);
		if (event >= 0)
			lookAt(event);
		tell('jump');
	}

	return {SORTS, state, bounds, on, tell, search, toggle, only, order, look, zoom, pan, whole, choose,
		hover, scope, lookAt, jump, arrange};
})();
