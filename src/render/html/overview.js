// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
// The table of sockets: the same, and in the same order, as the timeline's rows.
'use strict';

const Overview = (() => {
	const {el, $, button} = Dom;
	const AT_ONCE = 100;
	let limit = AT_ONCE;

	const gap = (s, i, at) => s.latencies && s.latencies[i] ? Format.duration(s.latencies[i].at[at]) : '';
	const COLUMNS = [
		['id', '#', 'n', (s) => s.id],
		['name', 'socket', 'name', (s) => button(Dom.socketName(s.name, ''), {class: 'plain',
			'aria-label': `Show #${s.id} ${s.name}`, onclick: (e) => {
				e.stopPropagation();
				State.jump(s, -1);
			}})],
		['task', 'tasks', 'tasks', (s) => s.tasks.map(Format.task).join(', ') + (s.moreTasks ? ', \u2026' : '')],
		['events', 'events', 'n', (s) => Format.count(s.events)],
		['wakeups', 'wake-ups', 'n', (s) => Format.count(s.wakeups)],
		['run', 'p99 to run', 'n', (s) => gap(s, 1, 2)],
		['take', 'p99 to taken', 'n', (s) => gap(s, 3, 2)],
		['worst', 'worst', 'n', worst],
		['findings', 'findings', 'n', findings],
		['inode', 'inode', 'n', (s) => s.inode === '0' ? '' : s.inode],
	];

	function worst(s) {
		if (!s.worst)
			return '';
		return button(Format.duration(s.worst.total), {class: 'jump', 'aria-label':
			`Show the slowest wake-up of #${s.id}, ${Format.duration(s.worst.total)}`,
			onclick: (e) => {
				e.stopPropagation();
				Findings.jump(s, Data.findWakeup(s, s.worst.wakeup), s.worst.wakeup);
			}});
	}

	function findings(s) {
		return s.findings ? el('span', {class: `badge ${Data.SEVERITIES[s.severity]}`}, String(s.findings)) : '';
	}

	function head() {
		const {by, down} = State.state.order;
		return el('tr', {}, ...COLUMNS.map(([key, label, cls]) =>
			el('th', {class: cls, scope: 'col', 'aria-sort': key === by ? down ? 'descending' : 'ascending' : null},
				button(label, {'data-order': key, onclick: () => {
					State.order(key);
					$('sockets').querySelector(`[data-order="${key}"]`).focus();
				}}))));
	}

	function row(s) {
		return el('tr', {'data-socket': s.id, class: s === State.state.socket ? 'chosen' : null,
			onclick: () => State.jump(s, -1)},
			...COLUMNS.map(([, , cls, value]) => {
				const v = value(s);
				return el('td', {class: cls, title: cls === 'tasks' ? v : null}, v);
			}));
	}

	function show() {
		const {shown} = State.state;
		const table = $('sockets');
		table.tHead.replaceChildren(head());
		table.tBodies[0].replaceChildren(...shown.slice(0, limit).map(row));
		const rest = shown.length - limit;
		$('more').hidden = rest <= 0;
		$('more').textContent = `Show ${Format.count(Math.min(rest, 500))} more of ${Format.count(rest)}`;
		$('overview-title').textContent = shown.length === Data.sockets.length
			? Format.plural(shown.length, 'socket')
			: `${Format.count(shown.length)} of ${Format.plural(Data.sockets.length, 'socket')}`;
	}

	function mark() {
		for (const tr of $('sockets').tBodies[0].rows)
			tr.classList.toggle('chosen', !!State.state.socket &&
				tr.dataset.socket === String(State.state.socket.id));
	}

	function start() {
		$('more').addEventListener('click', () => {
			limit += 500;
			show();
		});
		State.on('sockets', () => {
			limit = AT_ONCE;
			show();
		});
		State.on('choice', mark);
	}

	return {start};
})();
