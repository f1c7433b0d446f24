// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
// The timeline: a row a socket, of which only those in sight are drawn; axis and overall view above.
'use strict';

const Timeline = (() => {
	const {$, el} = Dom;
	const {ROW} = Paint;
	const canvas = $('events'), box = $('timeline'), overall = $('overall');
	const labels = [];
	const stats = {frames: 0, last: 0}; // how long the last frame took, ms
	let scheduled = false, band = null, bins = null, delays = null;

	const view = () => {
		const {from, to} = State.state.view, width = canvas.clientWidth;
		return {from, to, width, scale: width / (to - from)};
	};
	const timeAt = (x) => State.state.view.from +
		x / Math.max(1, canvas.clientWidth) * (State.state.view.to - State.state.view.from);

	function schedule() {
		if (scheduled)
			return;
		scheduled = true;
		requestAnimationFrame(() => {
			scheduled = false;
			draw();
		});
	}

	// --- the axis, and the whole trace above it ---

	function step(span, width) {
		const rough = span / Math.max(1, width / 110), power = 10 ** Math.floor(Math.log10(rough));
		for (const m of [1, 2, 5, 10])
			if (m * power >= rough)
				return m * power;
		return rough;
	}

	function ticks(v) {
		const by = step(v.to - v.from, v.width), list = [];
		for (let k = Math.ceil(v.from / by); k * by <= v.to && list.length < 100; k++)
			list.push(k * by);
		return {by, list};
	}

	function drawAxis(v) {
		const s = Dom.surface($('axis'));
		if (!s)
			return;
		const {c, width, height} = s;
		const {by, list} = ticks(v);
		c.font = '11px system-ui, sans-serif';
		c.textBaseline = 'middle';
		for (const t of list) {
			const x = (t - v.from) * v.scale;
			const text = Format.moment(t, by);
			c.fillStyle = Dom.colour('grid');
			c.fillRect(Math.round(x), height - 5, 1, 5);
			c.fillStyle = Dom.colour('dim');
			if (x + 4 + c.measureText(text).width < width)
				c.fillText(text, x + 4, height / 2);
		}
	}

	// How many events where, of all sockets that are shown.
	function countBins(width) {
		const list = new Float64Array(Math.max(1, Math.floor(width / 2)));
		const {from, to} = State.bounds, all = new Set(State.state.shown.map((s) => s.index));
		const every = all.size === Data.sockets.length;
		for (let i = 0; i < Data.n; i++) {
			const k = Math.floor((Data.to[i] - from) / (to - from) * list.length);
			if (every || all.has(Data.socketOf[i]))
				list[Math.min(list.length - 1, Math.max(0, k))]++;
		}
		const most = list.reduce((a, b) => Math.max(a, b), 1);
		return list.map((n) => n ? Math.max(0.08, Math.sqrt(n / most)) : 0);
	}

	// The longest delay to run there, against the longest of all: what is rare is seen here.
	function longest(width) {
		const list = new Float64Array(Math.max(1, Math.floor(width / 2)));
		const {from, to} = State.bounds;
		let most = 1;
		for (const s of State.state.shown)
			for (const e of s.lanes[Data.LANE.delay].events) {
				const k = Math.floor((Data.to[e] - from) / (to - from) * list.length);
				const delay = Data.to[e] - Data.from[e];
				if (list[k] < delay)
					list[k] = delay;
				most = Math.max(most, delay);
			}
		return list.map((d) => d / most);
	}

	function drawOverall(v) {
		const s = Dom.surface(overall);
		if (!s)
			return;
		const {c, width, height} = s;
		const {from, to} = State.bounds, scale = width / (to - from);
		if (!bins || bins.length !== Math.max(1, Math.floor(width / 2))) {
			bins = countBins(width);
			delays = longest(width);
		}
		c.fillStyle = Dom.colour('bar');
		bins.forEach((b, i) => c.fillRect(i * width / bins.length, height - b * (height - 3), width / bins.length, b * height));
		c.fillStyle = Dom.colour('run');
		delays.forEach((d, i) => d > 0.02 &&
			c.fillRect(i * width / bins.length, height - 1 - d * (height - 3), width / bins.length, 2));
		const x0 = (v.from - from) * scale, x1 = Math.max(x0 + 3, (v.to - from) * scale);
		c.fillStyle = Dom.colour('veil');
		c.fillRect(0, 0, x0, height);
		c.fillRect(x1, 0, width - x1, height);
		c.strokeStyle = Dom.colour('accent');
		c.lineWidth = 2;
		c.strokeRect(x0 + 1, 1, x1 - x0 - 2, height - 2);
	}

	// --- rows ---

	function label(k) {
		if (!labels[k]) {
			const name = Dom.socketName('', 'name'), worst = el('span', {class: 'worst'});
			const div = el('div', {class: 'label'}, name, worst);
			div.addEventListener('click', () => div.socket && State.choose(div.socket));
			$('labels').append(div);
			labels[k] = {div, name, worst};
		}
		return labels[k];
	}

	function drawLabels(first, offset, count) {
		const {shown, socket} = State.state;
		for (let k = 0; k < Math.max(count, labels.length); k++) {
			const s = k < count ? shown[first + k] : null;
			const l = label(k);
			l.div.hidden = !s;
			if (!s)
				continue;
			l.div.style.transform = `translateY(${k * ROW - offset}px)`;
			l.div.classList.toggle('chosen', s === socket);
			if (l.div.socket === s)
				continue;
			l.div.socket = s;
			l.div.dataset.socket = s.id;
			const name = Dom.socketName(`#${s.id} ${s.name}`, 'name');
			l.name.replaceWith(name);
			l.name = name;
			l.worst.textContent = s.worst ? Format.duration(s.worst.total) : '';
			l.div.classList.toggle('wrong', s.findings > 0 && s.severity < 2);
		}
	}

	function rowOf(socket) {
		return State.state.shown.indexOf(socket);
	}

	function drawRows(c, v, first, offset, count, height) {
		const {shown, socket, event, hover, kinds} = State.state;
		c.fillStyle = Dom.colour('grid');
		for (const t of ticks(v).list)
			c.fillRect(Math.round((t - v.from) * v.scale), 0, 1, height);
		for (let k = 0; k < count; k++) {
			const s = shown[first + k], y = k * ROW - offset;
			if (s === socket) {
				c.fillStyle = Dom.colour('chosen');
				c.fillRect(0, y, v.width, ROW);
			}
			c.fillStyle = Dom.colour('line');
			c.fillRect(0, y + ROW - 1, v.width, 1);
			Paint.row(c, s, y, v, kinds);
			if (hover >= 0 && Data.sockets[Data.socketOf[hover]] === s)
				Paint.mark(c, hover, y, v, 'dim');
			if (event >= 0 && s === socket)
				markChosen(c, event, y, v);
		}
		if (event >= 0) {
			c.fillStyle = Dom.colour('accent');
			c.globalAlpha = 0.5;
			c.fillRect(Math.round((Data.to[event] - v.from) * v.scale), 0, 1, height);
			c.globalAlpha = 1;
		}
	}

	// The event, and lightly what else belongs to its wake-up.
	function markChosen(c, event, y, v) {
		const head = Data.parent[event] >= 0 ? Data.parent[event] : event;
		const others = [head, ...Data.children(head)].filter((e) => e !== event &&
			Data.kindOf[e] !== Data.KIND.woken && State.state.kinds.has(Data.sort(e)));
		for (const e of others.slice(0, 50))
			Paint.mark(c, e, y, v, 'dim');
		Paint.mark(c, event, y, v, 'accent');
	}

	function draw() {
		const begun = performance.now();
		const s = Dom.surface(canvas);
		if (!s)
			return;
		const v = view(), {shown} = State.state;
		const first = Math.max(0, Math.min(shown.length - 1, Math.floor(box.scrollTop / ROW)));
		const offset = box.scrollTop - first * ROW;
		const count = Math.max(0, Math.min(shown.length - first, Math.ceil((s.height + offset) / ROW)));
		drawOverall(v);
		drawAxis(v);
		drawLabels(first, offset, count);
		drawRows(s.c, v, first, offset, count, s.height);
		if (band) {
			s.c.fillStyle = Dom.colour('veil');
			s.c.fillRect(Math.min(band[0], band[1]), 0, Math.abs(band[1] - band[0]), s.height);
		}
		$('range').textContent = `${Format.moment(v.from, step(v.to - v.from, 1000))} + ${Format.duration(v.to - v.from)}`;
		stats.last = performance.now() - begun;
		stats.frames++;
	}

	function resize() {
		const rows = State.state.shown.length * ROW;
		$('space').style.height = `${rows}px`;
		box.style.height = `${1 + Math.max(4 * ROW, Math.min(rows, Math.round(window.innerHeight * 0.48 / ROW) * ROW))}px`;
		$('window').style.height = `${box.clientHeight}px`;
		$('nothing').hidden = State.state.shown.length > 0;
		bins = null;
		schedule();
	}

	function reveal(socket) {
		const k = rowOf(socket);
		if (k < 0)
			return;
		const top = k * ROW, height = box.clientHeight;
		if (top < box.scrollTop)
			box.scrollTop = top;
		else if (top + ROW > box.scrollTop + height)
			box.scrollTop = top + ROW - height;
	}

	// --- the mouse ---

	function eventAt(e) {
		const r = canvas.getBoundingClientRect();
		const y = e.clientY - r.top + box.scrollTop;
		const socket = State.state.shown[Math.floor(y / ROW)];
		if (!socket)
			return {socket: null, event: -1};
		return {socket, event: Paint.hit(socket, e.clientX - r.left, y % ROW, view(), State.state.kinds)};
	}

	function onWheel(e) {
		const r = canvas.getBoundingClientRect();
		if (e.shiftKey || Math.abs(e.deltaX) > Math.abs(e.deltaY)) {
			e.preventDefault();
			State.pan((e.deltaX || e.deltaY) / Math.max(1, r.width));
			return;
		}
		e.preventDefault();
		const lines = e.deltaMode ? e.deltaY * 16 : e.deltaY;
		State.zoom(Math.exp(Math.max(-300, Math.min(300, lines)) * 0.002), timeAt(e.clientX - r.left));
	}

	function onDown(e) {
		if (e.button)
			return;
		const start = {x: e.clientX, y: e.clientY, top: box.scrollTop, view: {...State.state.view}, moved: false};
		const left = canvas.getBoundingClientRect().left;
		const zooming = e.shiftKey;
		canvas.setPointerCapture(e.pointerId);
		const move = (m) => {
			const dx = m.clientX - start.x;
			start.moved = start.moved || Math.hypot(dx, m.clientY - start.y) > 4;
			if (!start.moved)
				return;
			if (zooming) {
				band = [start.x - left, m.clientX - left];
				schedule();
				return;
			}
			const by = dx / Math.max(1, canvas.clientWidth) * (start.view.to - start.view.from);
			box.scrollTop = start.top - (m.clientY - start.y);
			State.look(start.view.from - by, start.view.to - by);
		};
		const up = (m) => {
			canvas.removeEventListener('pointermove', move);
			canvas.removeEventListener('pointerup', up);
			canvas.removeEventListener('pointercancel', up);
			if (band) {
				const [a, b] = band.map(timeAt).sort((x, y) => x - y);
				band = null;
				State.look(a, b);
			} else if (!start.moved && m.type === 'pointerup') {
				const {socket, event} = eventAt(m);
				State.choose(socket, event);
			}
		};
		canvas.addEventListener('pointermove', move);
		canvas.addEventListener('pointerup', up);
		canvas.addEventListener('pointercancel', up);
	}

	// In the overall view: drag for a range, click for a place.
	function onOverall(e) {
		const r = overall.getBoundingClientRect();
		const at = (m) => State.bounds.from +
			Math.min(1, Math.max(0, (m.clientX - r.left) / r.width)) * (State.bounds.to - State.bounds.from);
		const begin = at(e), half = (State.state.view.to - State.state.view.from) / 2;
		overall.setPointerCapture(e.pointerId);
		const move = (m) => {
			if (Math.abs(m.clientX - e.clientX) > 4)
				State.look(Math.min(begin, at(m)), Math.max(begin, at(m)));
			else
				State.look(begin - half, begin + half);
		};
		const up = () => {
			overall.removeEventListener('pointermove', move);
			overall.removeEventListener('pointerup', up);
		};
		overall.addEventListener('pointermove', move);
		overall.addEventListener('pointerup', up);
		move(e);
	}

	function start() {
		box.addEventListener('scroll', schedule);
		canvas.addEventListener('wheel', onWheel, {passive: false});
		canvas.addEventListener('pointerdown', onDown);
		canvas.addEventListener('pointermove', (e) => !e.buttons && State.hover(eventAt(e).event));
		canvas.addEventListener('pointerleave', () => State.hover(-1));
		canvas.addEventListener('dblclick', (e) => {
			const {event} = eventAt(e);
			if (event >= 0)
				State.lookAt(event);
		});
		overall.addEventListener('pointerdown', onOverall);
		new ResizeObserver(resize).observe(document.documentElement);
		State.on('sockets', () => {
			box.scrollTop = 0;
			if (State.state.socket)
				reveal(State.state.socket);
			resize();
		});
		State.on('choice', () => State.state.socket && reveal(State.state.socket));
		State.on('jump', () => {
			reveal(State.state.socket);
			$('time').scrollIntoView({block: 'nearest'});
		});
		for (const what of ['view', 'choice', 'hover', 'look'])
			State.on(what, schedule);
	}

	return {start, draw, stats, rowOf, view};
})();
