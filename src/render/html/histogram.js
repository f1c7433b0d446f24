// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
// Latencies by gap, of all, a socket or a task, on one logarithmic scale.
'use strict';

const Histogram = (() => {
	const {el, $, button} = Dom;
	const PER_DECADE = 8; // bars
	const canvases = [];

	const scales = (() => {
		let least = Infinity, most = 0;
		for (const h of Data.all)
			if (h) {
				least = Math.min(least, Math.max(1, h.min));
				most = Math.max(most, h.max);
			}
		const a = Math.floor(Math.log10(least === Infinity ? 1 : least));
		return {a, b: Math.max(a + 1, Math.ceil(Math.log10(Math.max(1, most) + 1)))};
	})();
	const bars = (scales.b - scales.a) * PER_DECADE;

	function shares(h) {
		const list = new Float64Array(bars);
		let total = 0;
		for (let i = 0; i < h.steps.length; i += 2) {
			// The middle of a step, as its neighbour is a sixteenth away.
			const at = (Math.log10(Math.max(1, h.steps[i] * 1.03)) - scales.a) * PER_DECADE;
			list[Math.min(bars - 1, Math.max(0, Math.floor(at)))] += h.steps[i + 1];
			total += h.steps[i + 1];
		}
		return list.map((v) => v / total);
	}

	const x = (ns, width) => (Math.log10(Math.max(1, ns)) - scales.a) / (scales.b - scales.a) * width;

	function draw({canvas, own, all}) {
		const s = Dom.surface(canvas);
		if (!s)
			return;
		const {c, width, height} = s;
		const base = height - 1, wide = width / bars;
		c.fillStyle = Dom.colour('grid');
		for (let d = 0; d <= scales.b - scales.a; d++)
			c.fillRect(Math.round(d * PER_DECADE * wide), 0, 1, height);
		c.fillRect(0, base, width, 1);
		const most = Math.max(...own, ...(all || [0]), 1e-9);
		// Rare ones, which matter most, must be seen: a bar has two pixels at least.
		const tall = (v) => v ? Math.max(2, v / most * (base - 2)) : 0;
		c.fillStyle = Dom.colour('bar');
		own.forEach((v, i) => c.fillRect(i * wide + 0.5, base - tall(v), Math.max(1, wide - 1), tall(v)));
		if (all) {
			c.strokeStyle = Dom.colour('dim');
			c.beginPath();
			all.forEach((v, i) => {
				c.lineTo(i * wide, base - tall(v));
				c.lineTo((i + 1) * wide, base - tall(v));
			});
			c.stroke();
		}
		const at = canvas.p99;
		c.fillStyle = Dom.colour('accent');
		c.fillRect(Math.min(width - 2, Math.round(x(at, width))), 0, 2, base);
	}

	// The task whose latencies are looked at: that of the chosen event, else the socket's first.
	function chosenTask() {
		const {event, socket} = State.state;
		let task = null;
		if (event >= 0) {
			const head = Data.kindOf[event] === Data.KIND.wakeup
				? Data.children(event).find((c) => Data.kindOf[c] !== Data.KIND.wait) : event;
			task = head !== undefined ? Data.taskOf(head) : null;
		}
		if (!task && socket)
			task = socket.tasks[0] || null;
		return task && Data.taskLatencies.get(`${task.pid}/${task.tid}`) || null;
	}

	function current() {
		const {scope, socket} = State.state;
		if (scope === 'socket' && socket && socket.latencies)
			return socket.latencies;
		if (scope === 'task' && chosenTask())
			return chosenTask().latencies;
		return Data.all;
	}

	function showScopes() {
		const {socket} = State.state;
		const task = chosenTask();
		const choices = [['all', 'all', true],
			['socket', socket ? `#${socket.id}` : 'socket', !!(socket && socket.latencies)],
			['task', task ? Format.task(task.task) : 'task', !!task]];
		const shown = choices.find((c) => c[0] === State.state.scope && c[2]) ? State.state.scope : 'all';
		$('latency-scope').replaceChildren(...choices.map(([name, label, there]) =>
			button(label, {'aria-pressed': String(name === shown), disabled: !there, 'data-scope': name,
				onclick: () => {
					State.scope(name);
					const again = $('latency-scope').querySelector(`[data-scope="${name}"]`);
					again.focus();
				}})));
	}

	function showTable() {
		const latencies = current();
		const table = $('latency-table');
		canvases.length = 0;
		if (!latencies.some(Boolean)) {
			table.replaceChildren(el('p', {class: 'dim'}, 'No latencies: no task was seen woken.'));
			return;
		}
		const number = (ns) => el('td', {class: 'n'}, Format.duration(ns));
		const body = latencies.map((h, i) => {
			const [from, to] = Data.trace.gaps[i];
			const name = el('th', {scope: 'row'}, `${from} \u2192 ${to}`);
			if (!h)
				return el('tr', {class: 'dim'}, name, el('td', {}), el('td', {class: 'n'}, '0'));
			const canvas = el('canvas', {class: 'histogram', role: 'img', 'aria-label':
				`${from} to ${to}: ${Format.count(h.count)}, half within ${Format.duration(h.at[0])}, ` +
				`99 % within ${Format.duration(h.at[2])}, at most ${Format.duration(h.max)}`});
			canvas.p99 = h.at[2];
			canvases.push({canvas, own: shares(h),
				all: latencies === Data.all || !Data.all[i] ? null : shares(Data.all[i])});
			return el('tr', {}, name, el('td', {class: 'picture'}, canvas),
				el('td', {class: 'n'}, Format.count(h.count)), ...h.at.map(number), number(h.max));
		});
		table.replaceChildren(el('table', {class: 'latencies'},
			el('thead', {}, el('tr', {}, ...['gap', scaleName(), 'count', 'p50', 'p90', 'p99', 'p99.9', 'max']
				.map((h, i) => el('th', {class: i > 1 ? 'n' : null, scope: 'col', title: i === 1
					? 'logarithmic, a line at each power of ten; p99 is marked; the outline is that of all' : null},
				h)))),
			el('tbody', {}, ...body)));
		redraw();
	}

	const scaleName = () => `${Format.duration(10 ** scales.a)} \u2026 ${Format.duration(10 ** scales.b)}`;

	function redraw() {
		canvases.forEach(draw);
	}
	function show() {
		showScopes();
		showTable();
	}

	function start() {
		State.on('choice', show);
		State.on('scope', show);
		State.on('look', redraw);
		show();
	}

	return {start, chosenTask};
})();
