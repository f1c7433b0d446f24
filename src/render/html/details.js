// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
// What is chosen, or under the pointer: the whole story of a wake-up, or what is known of a socket.
'use strict';

const Details = (() => {
	const {el, $, button} = Dom;
	const {COL, KIND, rows} = Data;

	function clock(t) {
		const {realtime_ms: ms} = Data.trace;
		if (!ms)
			return '';
		const date = new Date(ms + t / 1e6);
		return Number.isNaN(date.getTime()) ? '' : date.toISOString().slice(11, 23);
	}

	// The three gaps of one task, as parts of a bar.
	function stages(one) {
		const marks = [['woken', one.woken, 'wait'], ['running', one.run, 'run'], ['taken', one.take, 'io']]
			.filter((m) => m[1] !== null);
		const total = marks.length ? marks[marks.length - 1][1] : 0;
		const bar = el('div', {class: 'stages', 'aria-hidden': 'true'});
		const text = [];
		let before = 0;
		for (const [name, at, cls] of marks) {
			const part = el('span', {class: `stage ${cls}`});
			part.style.flexGrow = String(total > 0 ? Math.max(0.01, (at - before) / total) : 1);
			bar.append(part);
			text.push(el('span', {}, `${name} `, el('b', {}, `+${Format.duration(at - before)}`)));
			before = at;
		}
		return [bar, el('p', {class: 'gaps'}, ...text)];
	}

	function consequence(one) {
		const facts = [];
		if (one.via)
			facts.push(one.via + (one.sure === false ? ' (probably: it was not found waiting)' : ''));
		if (one.run === null && one.take === null)
			facts.push('was not seen to run or to take anything');
		else if (one.take === null)
			facts.push('was not seen to take anything');
		return el('li', {},
			el('p', {class: 'who'}, el('b', {}, one.name), facts.length ? ` ${facts.join(', ')}` : ''),
			...stages(one),
			one.what ? el('p', {}, one.what) : null);
	}

	// The waker's, where they were recorded.
	function stacks(r) {
		return [['kernel', COL.kernelStack], ['user', COL.userStack]]
			.map(([name, at]) => [name, Data.stacks[r[at] || 0]])
			.filter(([, stack]) => stack)
			.map(([name, stack]) => el('details', {}, el('summary', {}, `${name} stack of the waker`),
				el('ol', {class: 'stack mono'}, ...stack.map((frame) => el('li', {}, frame)))));
	}

	function wakeup(i, chosen) {
		const r = rows[i];
		const list = Story.consequences(i);
		const waits = Data.children(i).filter((c) => Data.kindOf[c] === KIND.wait);
		return [
			el('p', {}, Story.by(r)),
			el('p', {class: 'dim'}, Story.queues(r)),
			list.length ? el('ol', {class: 'woke'}, ...list.map(consequence)) : el('p', {}, 'It woke nobody.'),
			...stacks(r),
			...waits.map((w) => el('p', {class: w === chosen ? 'chosen' : null},
				`${Format.task(Data.taskOf(w))} had ${Story.wait(rows[w])}.`)),
		];
	}

	function tools(i) {
		return el('div', {class: 'choices'},
			button('previous', {onclick: () => Keys.step(-1)}),
			button('next', {onclick: () => Keys.step(1)}),
			button('zoom to it', {onclick: () => State.lookAt(i)}));
	}

	function event(i, hovered) {
		const socket = Data.sockets[Data.socketOf[i]];
		const t = rows[i][COL.ts];
		const head = Data.parent[i];
		const body = [];
		if (Data.kindOf[i] === KIND.wakeup) {
			body.push(...wakeup(i, -1));
		} else {
			body.push(el('p', {}, Story.line(i)));
			if (head >= 0)
				body.push(el('h3', {}, Glyphs.icon(Data.sort(head)), `after ${Story.title(head)}, `,
					`${Format.duration(t - rows[head][COL.ts])} before`), ...wakeup(head, i));
		}
		return [
			el('h2', {}, Glyphs.icon(Data.sort(i)), Story.title(i),
				el('span', {class: 'at'}, Format.moment(t, 1000), el('small', {}, clock(t)))),
			el('p', {class: 'where'}, `#${socket.id} ${socket.name} \u00b7 cpu ${rows[i][COL.cpu]}`),
			...body,
			hovered ? null : tools(i),
		];
	}

	function pair(name, value) {
		return value ? [el('dt', {}, name), el('dd', {}, value)] : [];
	}

	function socket(s) {
		const shown = s.all.length < s.events ? `${Format.count(s.events)}, of which ${Format.count(s.all.length)} are drawn`
			: Format.count(s.events);
		return [
			el('h2', {}, `#${s.id} ${s.name}`),
			el('dl', {},
				...pair('tasks', s.tasks.map(Format.task).join(', ') + (s.moreTasks ? ', and more' : '')),
				...pair('inode', s.inode !== '0' && s.inode), ...pair('cookie', s.cookie !== '0' && s.cookie),
				...pair('netns', s.netns && String(s.netns)), ...pair('events', shown),
				...pair('wake-ups', Format.count(s.wakeups)),
				...pair('worst', s.worst && Format.duration(s.worst.total)),
				...pair('ended', s.destroyed && 'yes')),
			...Data.outcome.findings.filter((f) => f.where === s).map((f) =>
				el('p', {class: `finding-note ${f.severity}`}, `${f.kind}: ${f.meaning}, ${Format.count(f.count)}\u00d7`)),
			el('p', {class: 'dim'}, 'n and p step through its events, j and k through sockets.'),
		];
	}

	function show() {
		const {hover, event: chosen, socket: s} = State.state;
		const box = $('details');
		// What the pointer passes over is not read aloud.
		box.setAttribute('aria-live', hover >= 0 ? 'off' : 'polite');
		if (hover >= 0 && hover !== chosen)
			box.replaceChildren(...event(hover, true).filter(Boolean));
		else if (chosen >= 0)
			box.replaceChildren(...event(chosen, false).filter(Boolean));
		else if (s)
			box.replaceChildren(...socket(s));
		else
			box.replaceChildren(el('p', {class: 'dim'},
				'Point at an event, or click on it, for its story. Wheel: zoom. Drag: move. ' +
				'Shift and drag: zoom into a range. ? lists the keys.'));
		Glyphs.drawIcons();
	}

	function start() {
		State.on('choice', show);
		State.on('hover', show);
		show();
	}

	return {start};
})();
