// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
// Everything by keyboard.
'use strict';

const Keys = (() => {
	const {$, el} = Dom;

	// To the next event of the chosen socket of a kind that is shown.
	function step(by) {
		const {state} = State;
		const socket = state.socket || state.shown[0];
		if (!socket)
			return;
		const list = socket.all.filter((e) => state.kinds.has(Data.sort(e)) &&
			Data.kindOf[e] !== Data.KIND.woken);
		if (!list.length)
			return;
		let at = list.indexOf(state.event);
		if (at < 0) {
			at = Data.lowerBound(list, Data.from, state.view.from);
			at = by > 0 ? at : at - 1;
		} else {
			at += by;
		}
		const event = list[Math.min(list.length - 1, Math.max(0, at))];
		State.choose(socket, event);
		bringIn(event);
	}

	// Keeps the zoom; moves only if the event is out of sight.
	function bringIn(event) {
		const {from, to} = State.state.view, t = Data.to[event];
		if (t < from || t > to)
			State.look(t - (to - from) / 2, t + (to - from) / 2);
	}

	function stepSocket(by) {
		const {shown, socket} = State.state;
		if (!shown.length)
			return;
		const at = shown.indexOf(socket);
		State.choose(shown[at < 0 ? 0 : Math.min(shown.length - 1, Math.max(0, at + by))]);
	}

	function focusEvent() {
		if (State.state.event >= 0)
			State.lookAt(State.state.event);
		else if (State.state.socket && State.state.socket.all.length) {
			const {all} = State.state.socket;
			const a = Data.from[all[0]], b = Data.to[all[all.length - 1]];
			State.look(a - (b - a) * 0.02 - 1000, b + (b - a) * 0.02 + 1000);
		}
	}

	function edge(end) {
		const {from, to} = State.state.view, span = to - from;
		if (end)
			State.look(State.bounds.to - span, State.bounds.to);
		else
			State.look(State.bounds.from, State.bounds.from + span);
	}

	function escape() {
		if (State.state.query) {
			$('search').value = '';
			State.search('');
		} else {
			State.choose(null);
		}
	}

	// [keys, what it does, f, only in the timeline]
	const TABLE = [
		[['ArrowLeft', 'h'], 'earlier', () => State.pan(-0.2), true],
		[['ArrowRight', 'l'], 'later', () => State.pan(0.2), true],
		[['+', '='], 'zoom in', () => State.zoom(0.5)],
		[['-'], 'zoom out', () => State.zoom(2)],
		[['0'], 'the whole trace', () => State.whole()],
		[['f'], 'zoom to what is chosen', focusEvent],
		[['Home'], 'the beginning', () => edge(false), true],
		[['End'], 'the end', () => edge(true), true],
		[['j', 'ArrowDown'], 'next socket', () => stepSocket(1), true],
		[['k', 'ArrowUp'], 'previous socket', () => stepSocket(-1), true],
		[['n'], 'next event of the socket', () => step(1)],
		[['p'], 'previous event', () => step(-1)],
		[['/'], 'search', () => $('search').focus()],
		[['Escape'], 'give up the search or the choice', escape],
		[['?'], 'this list', () => $('help').showModal()],
	];
	const NAMES = {ArrowLeft: '\u2190', ArrowRight: '\u2192', ArrowDown: '\u2193', ArrowUp: '\u2191'};

	function onKey(e) {
		if (e.ctrlKey || e.altKey || e.metaKey || $('help').open)
			return;
		const typing = e.target instanceof HTMLInputElement;
		if (typing && e.key === 'Enter')
			$('timeline').focus();
		if (typing && e.key !== 'Escape')
			return;
		const row = TABLE.find(([keys]) => keys.includes(e.key));
		if (!row)
			return;
		const here = e.target === document.body || e.target === $('timeline');
		// Arrows, Home and End scroll elsewhere; letters do nothing there.
		if (row[3] && e.key.length > 1 && !here)
			return;
		e.preventDefault();
		row[2]();
		if (typing)
			$('timeline').focus();
	}

	function start() {
		document.addEventListener('keydown', onKey);
		$('help-open').addEventListener('click', () => $('help').showModal());
		$('help-body').append(el('dl', {class: 'keys'}, ...TABLE.flatMap(([keys, what]) => [
			el('dt', {}, ...keys.map((k) => el('kbd', {}, NAMES[k] || k))), el('dd', {}, what)])),
			el('p', {}, 'With the mouse: the wheel zooms, dragging moves, shift and dragging zooms into a range, ' +
				'a double click zooms to an event. Above the rows is the whole trace: drag there for a range.'),
			el('p', {}, 'Rows, from top to bottom: wake-ups; from waking a task to its running, and what it then ' +
				'took; waits. A kind\u2019s button hides it; with shift, it hides all others.'));
	}

	return {start, step};
})();
