// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
// Draws a socket's row: wake-ups on top, what came of them in the middle, waits below. What falls on
// the same pixels is drawn once, so that a frame costs pixels and not events.
'use strict';

const Paint = (() => {
	const {LANE, from, to} = Data;
	const ROW = 30;
	const WAKE = {y: 7, r: 4}, ACT = {top: 13, h: 6}, WAIT = {top: 24, h: 3};
	const APART = 10; // px between shapes; what is closer is a tick

	// The first of a lane that reaches to t or beyond.
	function firstReaching(lane, t) {
		let a = 0, b = lane.reach.length;
		while (a < b) {
			const mid = (a + b) >> 1;
			if (lane.reach[mid] < t)
				a = mid + 1;
			else
				b = mid;
		}
		return a;
	}

	// Bars of one kind: those that touch become one.
	function bars(c, lane, y, h, view, least, wanted) {
		const {events} = lane;
		let a = NaN, b = NaN;
		for (let i = firstReaching(lane, view.from); i < events.length; i++) {
			const e = events[i];
			if (from[e] > view.to)
				break;
			if ((wanted && !wanted(e)) || to[e] < view.from)
				continue;
			const x0 = Math.max(-3, (from[e] - view.from) * view.scale);
			const x1 = Math.max(x0 + least, Math.min(view.width + 3, (to[e] - view.from) * view.scale));
			if (x0 <= b + 0.5) {
				b = Math.max(b, x1);
				continue;
			}
			if (b >= a)
				c.fillRect(a, y, b - a, h);
			a = x0;
			b = x1;
		}
		if (b >= a)
			c.fillRect(a, y, b - a, h);
	}

	// Where the next event is that is drawn at another pixel.
	function skip(events, i, view, x) {
		const t = view.from + (x + 1) / view.scale;
		let step = 1;
		while (i + step < events.length && from[events[i + step]] < t)
			step *= 2;
		let a = i + (step >> 1), b = Math.min(i + step, events.length);
		while (a + 1 < b) {
			const mid = (a + b) >> 1;
			if (from[events[mid]] < t)
				a = mid;
			else
				b = mid;
		}
		return Math.max(i + 1, b);
	}

	// The causes of wake-ups are told apart as long as there are pixels for it.
	function wakeups(c, socket, y, view, kinds) {
		const {events} = socket.lanes[LANE.wakeup];
		const end = Data.lowerBound(events, from, view.to + 5 / view.scale);
		let last = -1e9, drawn = -1, cause = '';
		for (let i = Data.lowerBound(events, from, view.from - 5 / view.scale); i < end;) {
			const e = events[i];
			const sort = Data.sort(e);
			const x = (from[e] - view.from) * view.scale;
			if (!kinds.has(sort)) {
				i++;
				continue;
			}
			if (Math.floor(x) !== drawn || sort !== cause) {
				c.fillStyle = Dom.colour(sort);
				c.fillRect(x - 0.5, y + 2, 1, 10);
				drawn = Math.floor(x);
				cause = sort;
				if (x - last >= APART) {
					Glyphs.draw(c, sort, x, y + WAKE.y, WAKE.r);
					last = x;
				}
			}
			// Beyond a few at one pixel nobody sees which they are.
			const crowd = i + 4 < end && from[events[i + 4]] < view.from + (Math.floor(x) + 1) / view.scale;
			i = crowd ? skip(events, i, view, Math.floor(x)) : i + 1;
		}
	}

	// Shapes at the ends of bars, where they are apart.
	function marks(c, lane, y, view, sort, at, wanted) {
		const {events} = lane;
		let last = -1e9;
		for (let i = firstReaching(lane, view.from - 6 / view.scale); i < events.length; i++) {
			const e = events[i];
			if (from[e] > view.to)
				break;
			const x = (at[e] - view.from) * view.scale;
			if (x - last < APART || x < -6 || x > view.width + 6 || (wanted && !wanted(e)))
				continue;
			Glyphs.draw(c, sort, x, y, 3.5);
			last = x;
		}
	}

	function row(c, socket, y, view, kinds) {
		const {lanes} = socket;
		const isRun = (e) => Data.kindOf[e] === Data.KIND.run;

		if (kinds.has('wait')) {
			c.fillStyle = Dom.colour('wait');
			bars(c, lanes[LANE.wait], y + WAIT.top, WAIT.h, view, 1);
		}
		if (kinds.has('run')) {
			c.fillStyle = Dom.colour('run');
			bars(c, lanes[LANE.delay], y + ACT.top + 1, ACT.h - 2, view, 1.5);
			marks(c, lanes[LANE.delay], y + ACT.top + ACT.h / 2, view, 'run', to, isRun);
		}
		if (kinds.has('io')) {
			c.fillStyle = Dom.colour('io');
			bars(c, lanes[LANE.io], y + ACT.top, ACT.h, view, 2);
			marks(c, lanes[LANE.io], y + ACT.top + ACT.h / 2, view, 'io', to);
		}
		wakeups(c, socket, y, view, kinds);
		if (kinds.has('destroy'))
			for (const e of lanes[LANE.end].events) {
				const x = (from[e] - view.from) * view.scale;
				if (x >= -6 && x <= view.width + 6)
					Glyphs.draw(c, 'destroy', x, y + ROW / 2, 6);
			}
	}

	// In what part of a row an event is.
	function band(e) {
		switch (Data.kindOf[e]) {
		case Data.KIND.wakeup: return [1, 13];
		case Data.KIND.wait: return [WAIT.top - 2, WAIT.top + WAIT.h + 2];
		case Data.KIND.destroy: return [4, ROW - 4];
		default: return [ACT.top - 2, ACT.top + ACT.h + 2];
		}
	}

	// A frame around an event.
	function mark(c, e, y, view, colour) {
		const [top, bottom] = band(e);
		const x0 = Math.max(-8, (from[e] - view.from) * view.scale - 5.5);
		const x1 = Math.min(view.width + 8, (to[e] - view.from) * view.scale + 5.5);
		c.strokeStyle = Dom.colour(colour);
		c.lineWidth = 2;
		c.beginPath();
		c.roundRect(x0, y + top - 0.5, Math.max(2, x1 - x0), bottom - top + 1, 3);
		c.stroke();
		c.lineWidth = 1;
	}

	// The event of a row nearest to (x, y in the row); -1: none is near.
	function hit(socket, x, y, view, kinds) {
		const NEAR = 7;
		let best = -1, distance = NEAR + 1;
		for (const lane of socket.lanes) {
			const {events} = lane;
			let looked = 0;
			for (let i = firstReaching(lane, view.from + (x - NEAR) / view.scale); i < events.length; i++) {
				const e = events[i];
				const x0 = (from[e] - view.from) * view.scale, x1 = (to[e] - view.from) * view.scale;
				if (x0 > x + NEAR || ++looked > 20000)
					break;
				if (!kinds.has(Data.sort(e)))
					continue;
				const [top, bottom] = band(e);
				const away = Math.max(0, x0 - x, x - x1) +
					Math.max(0, top - y, y - bottom) * 0.6;
				// The shortest of those under the pointer is the one that is meant.
				if (away < distance || (away === distance && best >= 0 && to[e] - from[e] < to[best] - from[best])) {
					best = e;
					distance = away;
				}
			}
		}
		return best;
	}

	return {ROW, row, mark, hit, band};
})();
