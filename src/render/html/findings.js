// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
// What is wrong, the worst first, and the slowest wake-ups: each leads to its place in the timeline.
'use strict';

const Findings = (() => {
	const {el, $, button} = Dom;
	const {COL, KIND, rows, outcome} = Data;
	const AT_FIRST = 50;
	let limit = AT_FIRST;

	const EXAMPLES = {'no-waiter': ['wakeup'], herd: ['wakeup'], backlog: ['wakeup'],
		spurious: ['io'], 'slow-read': ['io'], 'slow-run': ['run'],
		'stuck-wait': ['wait', 'wakeup'], 'write-stall': ['wait', 'wakeup'],
		'uneven-accept': ['io', 'wait'], spin: ['io']};

	// The event that shows it best, or -1: it is not in the page.
	function example(socket, kinds, ts, tid) {
		let best = -1, points = 0;
		if (!socket || ts === null)
			return -1;
		for (const i of socket.all) {
			if (rows[i][COL.ts] !== ts)
				continue;
			const task = Data.taskOf(i);
			const p = 1 + (kinds.includes(Data.trace.kinds[Data.kindOf[i]]) ? 4 : 0) +
				(tid && task && task.tid === tid ? 2 : 0);
			if (p > points) {
				best = i;
				points = p;
			}
		}
		return best;
	}

	function jump(socket, event, ts) {
		if (event < 0 && ts !== null) {
			State.jump(socket, -1);
			const span = (State.state.view.to - State.state.view.from) / 20;
			State.look(ts - span, ts + span);
			return;
		}
		State.jump(socket, event);
	}

	function worst(f) {
		if (!f.worst)
			return '';
		return f.unit === 'ns' ? Format.duration(f.worst) : f.unit === 'tasks' ? Format.plural(f.worst, 'task')
			: f.unit === 'calls' ? Format.plural(f.worst, 'call') : `${f.worst} %`;
	}

	// How its worst example came about, in a few words, or ''.
	function evidence(f) {
		const parts = [];
		const time = (word, ns) => {
			if (ns)
				parts.push(`${word} ${Format.duration(ns)}`);
		};

		if (f.kind === 'slow-read') {
			if (f.others)
				parts.push(Format.plural(f.others, 'other call'));
			if (f.off_cpu_ns)
				parts.push(`${Format.duration(f.off_cpu_ns)} off the CPU`);
			return parts.length ? `first ${parts.join(', ')}` : '';
		}
		if (f.kind === 'spin' || f.sleeps) {
			if (f.sleeps)
				parts.push(Format.plural(f.sleeps, 'sleep'));
			time('within', f.within_ns);
			return parts.join(' ');
		}
		if (!f.known)
			return '';
		time('ran', f.ran_ns);
		time('slept', f.slept_ns);
		time('stopped', f.stopped_ns);
		if (f.others)
			parts.push(`made ${Format.plural(f.others, 'other call')}`);
		return parts.length ? `meanwhile ${parts.join(', ')}` : '';
	}

	function one(f, i, all) {
		const told = all.findIndex((g) => g.meaning === f.meaning) < i; // and advised

		const tasks = f.tasks.map(Format.task).join(', ') + (f.more_tasks ? `, and ${f.more_tasks} more` : '');
		const first = evidence(f);
		const like = f.sockets > 1 ? `, and ${Format.count(f.sockets - 1)} more sockets like it` : '';
		const where = f.where ? `#${f.where.id} ${f.where.name}` : 'further sockets';
		const go = f.where && f.worst_ts !== null
			? button(worst(f) || 'show', {class: 'jump', 'aria-label': `Show the worst ${f.kind} of ${where}, ${worst(f)}`,
				onclick: () => jump(f.where, example(f.where, EXAMPLES[f.kind] || [], f.worst_ts, f.worst_tid),
					f.worst_ts)})
			: el('span', {class: 'n'}, worst(f));
		return el('li', {class: `finding ${f.severity}`},
			el('span', {class: 'severity'}, f.severity),
			el('span', {class: 'kind'}, f.kind),
			Dom.socketName(where, 'where'),
			el('span', {class: 'times n'}, `${Format.count(f.count)}\u00d7`),
			go,
			el('span', {class: 'what'}, `${f.meaning}${first ? ` (${first})` : ''}${tasks ? `: ${tasks}` : ''}${f.where ? like : ''}`),
			told ? null : el('span', {class: 'advice'}, f.advice));
	}

	function slowest() {
		if (!Data.slowest.length)
			return null;
		return el('div', {},
			el('h3', {}, 'Slowest wake-ups'),
			el('ol', {class: 'slowest'}, ...Data.slowest.filter(Boolean).map((s) => {
				const socket = Data.byId.get(s.socket) || null;
				const parts = [];
				if (s.woken !== null)
					parts.push(`woken ${Format.duration(s.woken - s.wakeup)}`);
				if (s.run !== null)
					parts.push(`running ${Format.duration(s.run - (s.woken === null ? s.wakeup : s.woken))}`);
				if (s.take !== null)
					parts.push(`taken ${Format.duration(s.take - (s.run === null ? s.wakeup : s.run))}`);
				const name = socket ? `#${socket.id} ${socket.name}` : `#${s.socket}`;
				return el('li', {},
					Dom.socketName(name, 'where'),
					el('span', {class: 'who'}, Format.task(s.task)),
					socket ? button(Format.duration(s.total), {class: 'jump',
						'aria-label': `Show the wake-up of ${name} that took ${Format.duration(s.total)}`,
						onclick: () => jump(socket, Data.findWakeup(socket, s.wakeup), s.wakeup)})
						: el('span', {class: 'n'}, Format.duration(s.total)),
					el('span', {class: 'what'}, parts.join(' \u2192 ')));
			})));
	}

	function show() {
		const {findings} = outcome;
		const list = $('findings-list');
		$('findings-title').textContent = findings.length ? Format.plural(findings.length, 'finding') : 'Findings';
		list.replaceChildren();
		if (!findings.length)
			list.append(el('p', {class: outcome.tells ? 'good' : 'dim'},
				outcome.tells ? 'Nothing wrong found.' : 'Not looked for: who was woken was not traced.'));
		list.append(el('ol', {class: 'findings'}, ...findings.slice(0, limit).map(one)));
		if (findings.length > limit)
			list.append(button(`${Format.count(findings.length - limit)} more`, {onclick: () => {
				limit += 500;
				show();
			}}));
		const rest = slowest();
		if (rest)
			list.append(rest);
	}

	return {show, example, jump};
})();
