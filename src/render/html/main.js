// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
// Puts the page together.
'use strict';

(() => {
	const {$, button} = Dom;

	function kinds() {
		const buttons = State.SORTS.map((sort) => {
			const b = button('', {'data-kind': sort, title: `${Glyphs.TITLES[sort]} (shift: only these)`,
				onclick: (e) => e.shiftKey ? State.only(State.state.kinds.size === 1 ? null : sort) : State.toggle(sort)},
				Glyphs.icon(sort), Glyphs.LABELS[sort]);
			return b;
		});
		$('kinds').append(...buttons);
		State.on('sockets', () => {
			for (const b of buttons)
				b.setAttribute('aria-pressed', String(State.state.kinds.has(b.dataset.kind)));
		});
	}

	function search() {
		let timer = 0;
		$('search').addEventListener('input', () => {
			clearTimeout(timer);
			timer = setTimeout(() => State.search($('search').value), 80);
		});
		State.on('sockets', () => {
			const {shown, query} = State.state;
			$('matches').textContent = query ? `${Format.count(shown.length)} of ${Format.count(Data.sockets.length)}` : '';
			if ($('search').value !== query && document.activeElement !== $('search'))
				$('search').value = query;
		});
	}

	// Light and dark are the system's until someone says otherwise.
	function theme() {
		const dark = window.matchMedia('(prefers-color-scheme: dark)');
		const apply = () => {
			Dom.forgetColours();
			Glyphs.drawIcons();
			State.tell('look');
		};
		$('theme').addEventListener('click', () => {
			const root = document.documentElement;
			const now = root.dataset.theme || (dark.matches ? 'dark' : 'light');
			root.dataset.theme = now === 'dark' ? 'light' : 'dark';
			apply();
		});
		dark.addEventListener('change', apply);
	}

	Header.show();
	kinds();
	search();
	theme();
	$('zoom-in').addEventListener('click', () => State.zoom(0.5));
	$('zoom-out').addEventListener('click', () => State.zoom(2));
	$('zoom-all').addEventListener('click', () => State.whole());
	Findings.show();
	Overview.start();
	Timeline.start();
	State.arrange();
	Details.start();
	Histogram.start();
	Keys.start();
	Glyphs.drawIcons();
	document.body.dataset.ready = 'yes';
})();
