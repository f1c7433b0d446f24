// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
// One shape and one colour for each kind of event, so that neither is needed to tell them apart.
'use strict';

const Glyphs = (() => {
	const TITLES = {
		wait: 'a task sleeps for the socket', readable: 'data, a FIN or a connection arrived',
		writable: 'there is room to write', state: 'connected, closed, reset, shut down',
		error: 'an error is pending', async: 'SIGIO or SIGURG',
		run: 'from waking a task to its running', io: 'the call that took or sent',
		destroy: 'the socket is gone',
	};
	const LABELS = {wait: 'wait', readable: 'readable', writable: 'writable', state: 'state',
		error: 'error', async: 'async', run: 'woken \u2192 run', io: 'io', destroy: 'destroy'};

	function polygon(c, points) {
		c.beginPath();
		points.forEach(([x, y], i) => i ? c.lineTo(x, y) : c.moveTo(x, y));
		c.closePath();
		c.fill();
	}

	// Around (x, y), r to each side.
	const SHAPES = {
		readable: (c, x, y, r) => polygon(c, [[x - r, y - r * 0.8], [x + r, y - r * 0.8], [x, y + r]]),
		writable: (c, x, y, r) => polygon(c, [[x - r, y + r * 0.8], [x + r, y + r * 0.8], [x, y - r]]),
		state: (c, x, y, r) => polygon(c, [[x, y - r * 1.1], [x + r * 1.1, y], [x, y + r * 1.1], [x - r * 1.1, y]]),
		error: (c, x, y, r) => {
			c.lineWidth = 2;
			c.beginPath();
			c.moveTo(x - r, y - r);
			c.lineTo(x + r, y + r);
			c.moveTo(x + r, y - r);
			c.lineTo(x - r, y + r);
			c.stroke();
		},
		async: (c, x, y, r) => {
			c.beginPath();
			c.arc(x, y, r * 0.95, 0, Math.PI * 2);
			c.fill();
		},
		run: (c, x, y, r) => polygon(c, [[x - r * 0.8, y - r], [x + r, y], [x - r * 0.8, y + r]]),
		io: (c, x, y, r) => c.fillRect(x - r * 0.85, y - r * 0.85, r * 1.7, r * 1.7),
		wait: (c, x, y, r) => c.fillRect(x - r, y - r * 0.5, r * 2, r),
		destroy: (c, x, y, r) => {
			c.fillRect(x - 1, y - r * 1.2, 2, r * 2.4);
			c.fillRect(x - r, y - r * 1.2, r * 2, 2);
		},
	};

	function draw(c, sort, x, y, r) {
		c.fillStyle = c.strokeStyle = Dom.colour(sort);
		SHAPES[sort](c, x, y, r);
	}

	// A picture of one, drawn once it has a size.
	function icon(sort) {
		const canvas = Dom.el('canvas', {class: 'glyph', 'aria-hidden': 'true', 'data-sort': sort});
		return canvas;
	}
	function drawIcons() {
		for (const canvas of document.querySelectorAll('canvas.glyph')) {
			const s = Dom.surface(canvas);
			if (s)
				draw(s.c, canvas.dataset.sort, s.width / 2, s.height / 2, 4.5);
		}
	}

	return {TITLES, LABELS, draw, icon, drawIcons};
})();
