// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
// What the trace is of, and what it lost: before all else, and in full at the end.
'use strict';

const Header = (() => {
	const {el, $} = Dom;
	const {trace, outcome} = Data;

	function facts() {
		const list = $('facts');
		const add = (name, value) => list.append(el('div', {}, el('dt', {}, name), el('dd', {}, value)));
		add('host', trace.host);
		add('kernel', `${trace.kernel} ${trace.arch}`);
		if (trace.realtime_ms)
			add('began', new Date(trace.realtime_ms).toISOString().replace('T', ' ').slice(0, 19) + ' UTC');
		add('traced', Format.duration(outcome.duration_ns));
		add('events', Format.count(outcome.shown + outcome.left_out));
		add('sockets', Format.count(outcome.n_sockets));
		document.title = `${trace.host} \u2013 sockwake`;
	}

	function notice(text, bad) {
		$('notices').append(el('p', {class: bad ? 'notice bad' : 'notice'}, text));
	}

	function notices() {
		const lost = outcome.lost.filter((l) => l[1]);
		if (lost.length)
			notice(`Lost: ${lost.map(([name, n, why]) =>
				`${Format.count(n)} ${name.replace('_', ' ')} (${why})`).join('; ')}.` +
				' What follows has gaps there.', true);
		if (outcome.malformed)
			notice(`${Format.plural(outcome.malformed, 'record')} could not be read.`, true);
		if (outcome.left_out)
			notice(`The timeline holds the first ${Format.count(outcome.shown)} events; ` +
				`${Format.count(outcome.left_out)} more are in the counts, latencies and findings only. ` +
				'To see others, export with --from, --to or --socket.', true);
		if (!outcome.tells)
			notice('Who was woken was not traced, so there are no latencies and no findings.');
	}

	function ledger() {
		const body = $('ledger-body');
		const lost = outcome.lost.reduce((sum, l) => sum + l[1], 0);
		body.append(el('p', {class: outcome.complete ? 'good' : 'bad', id: 'complete'},
			`${Format.count(outcome.hits)} hits of hooks = ${Format.count(outcome.delivered)} delivered + ` +
			`${Format.count(outcome.filtered)} filtered + ${Format.count(lost)} lost` +
			(outcome.complete ? ': nothing was lost.' : '.')));
		if (!outcome.ledger.length)
			return;
		const number = (n) => el('td', {class: 'n'}, Format.count(n));
		body.append(el('div', {class: 'scrolls-x'}, el('table', {},
			el('thead', {}, el('tr', {}, ...['hook', 'by', 'hits', 'delivered', 'filtered', 'lost', 'note']
				.map((h, i) => el('th', {class: i > 1 && i < 6 ? 'n' : null, scope: 'col'}, h)))),
			el('tbody', {}, ...outcome.ledger.map(([name, by, note, hits, delivered, filtered, gone]) =>
				el('tr', {class: gone ? 'bad' : null}, el('td', {class: 'mono'}, name), el('td', {}, by),
					number(hits), number(delivered), number(filtered), number(gone),
					el('td', {class: 'note'}, note)))))));
	}

	function show() {
		facts();
		notices();
		ledger();
	}

	return {show};
})();
