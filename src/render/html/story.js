// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
// An event in words: who, why, whom it woke, when that ran and what it took.
'use strict';

const Story = (() => {
	const {COL, KIND, trace, rows} = Data;
	const flag = (r, name) => (r[COL.flags] & trace.flags[name]) !== 0;

	function by(r) {
		const who = Format.task(Data.tasks[r[COL.task]]);
		const context = trace.contexts[r[COL.context]];
		switch (Data.ROLES[r[COL.role]]) {
		case 'cause':
			return context === 'task' ? `by ${who}` : `by ${who}, its packet carried over by a ${context}`;
		case 'bystander':
			if (r[COL.origin])
				return `by ${Format.task(Data.tasks[r[COL.origin] - 1])}, in a ${context} over ${who}`;
			return `in a ${context} over ${who}, which had nothing to do with it`;
		default:
			return `by nobody known (${context} over ${who})`;
		}
	}

	function queues(r) {
		const parts = [];
		const cause = trace.causes[r[COL.hook]];
		if (r[COL.listener])
			parts.push(`queue ${r[COL.rx]} of ${r[COL.tx]}`);
		else if (cause === 'writable')
			parts.push(`${Format.bytes(r[COL.tx])} unsent`);
		else if (r[COL.rx])
			parts.push(`${Format.bytes(r[COL.rx])}${flag(r, 'more_queued') ? ' or more' : ''} queued`);
		if (flag(r, 'no_queue'))
			parts.push('nobody can wait for it');
		else if (!r[COL.waiters])
			parts.push('nobody waited');
		else
			parts.push(Format.plural(r[COL.waiters], 'waiter') + (flag(r, 'more_waiters') ? ' or more' : '') +
				(r[COL.exclusive] ? `, ${r[COL.exclusive]} exclusive` : ''));
		if (cause === 'async')
			parts.push(`${trace.hows[r[COL.how]]}, signal ${flag(r, 'signalled') ? 'sent' : 'not sent'}`);
		if (r[COL.state] && trace.states[r[COL.state]])
			parts.push(trace.states[r[COL.state]]);
		return parts.join(' \u00b7 ');
	}

	function wait(r) {
		const op = trace.ops[r[COL.waitOp]];
		const how = trace.endings[r[COL.ended]];
		const took = r[COL.waitBegin] === null ? null
			: r[COL.waitBegin] - (r[COL.waitEnd] === null ? 0 : r[COL.waitEnd]);
		const what = flag(r, 'unended') ? 'not over when the trace ended'
			: how === 'wakeup' ? 'until a wake-up' : how === 'unknown' ? 'until something else' : `until a ${how}`;
		const result = r[COL.waitResult];
		return `waited ${Format.duration(took)} in ${op}, ${what}` +
			(result !== null && result < 0 ? `: ${Format.result(op, result)}` : '');
	}

	function io(r) {
		const op = trace.ops[r[COL.op]];
		const parts = [`${op} ${Format.result(op, r[COL.result])}`];
		if (r[COL.others])
			parts.push(`after ${Format.plural(r[COL.others], 'call')} on other sockets`);
		if (r[COL.off])
			parts.push(`${Format.duration(r[COL.off])} off the CPU`);
		return parts.join(', ');
	}

	// In one line, for lists and for those who do not see the canvas.
	function line(i) {
		const r = rows[i], kind = Data.kindOf[i];
		const who = kind === KIND.destroy ? '' : Format.task(Data.tasks[r[COL.task]]);
		switch (kind) {
		case KIND.wakeup: return `${trace.causes[r[COL.hook]]} ${by(r)}; ${queues(r)}`;
		case KIND.woken: return `woke ${who} (${trace.vias[r[COL.via]]})`;
		case KIND.run: return `${who} ran ${Format.duration(r[COL.wokenBack])} after it was woken`;
		case KIND.io: return `${who}: ${io(r)}`;
		case KIND.wait: return `${who} ${wait(r)}`;
		default: return 'the socket is gone';
		}
	}

	// Of each task that a wake-up woke, or that answered it: when what was.
	function consequences(head) {
		const t = rows[head][COL.ts];
		const list = [];
		const of = (task) => {
			let one = list.find((x) => x.task === task && !x.take);
			if (!one) {
				one = {task, woken: null, run: null, take: null, events: []};
				list.push(one);
			}
			return one;
		};
		for (const c of Data.children(head)) {
			const r = rows[c], kind = Data.kindOf[c];
			if (kind === KIND.wait)
				continue;
			const one = of(`${Data.taskOf(c).pid}/${Data.taskOf(c).tid}`);
			one.name = Format.task(Data.taskOf(c));
			one.events.push(c);
			if (kind === KIND.woken) {
				one.woken = r[COL.ts] - t;
				one.via = flag(r, 'awake') ? 'was awake' : `by ${trace.vias[r[COL.via]]}`;
				one.sure = flag(r, 'confirmed');
			} else if (kind === KIND.run) {
				one.run = r[COL.ts] - t;
				if (one.woken === null)
					one.woken = r[COL.wokenBack] === null ? null : one.run - r[COL.wokenBack];
			} else {
				one.take = r[COL.ts] - t;
				one.what = io(r);
			}
		}
		return list;
	}

	function title(i) {
		const kind = Data.kindOf[i];
		return kind === KIND.wakeup ? trace.causes[rows[i][COL.hook]] : trace.kinds[kind];
	}

	return {by, queues, wait, io, line, consequences, title, flag};
})();
