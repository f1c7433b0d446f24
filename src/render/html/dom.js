// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
// Elements. Text only ever goes in as text: there is no way here to give markup.
'use strict';

const Dom = (() => {
	const $ = (id) => document.getElementById(id);

	// el('button', {class: 'x', onclick: f}, 'text', child, …)
	function el(tag, attributes, ...children) {
		const e = document.createElement(tag);
		for (const [key, value] of Object.entries(attributes || {})) {
			if (key.startsWith('on'))
				e.addEventListener(key.slice(2), value);
			else if (value === true)
				e.setAttribute(key, '');
			else if (value !== false && value !== null && value !== undefined)
				e.setAttribute(key, value);
		}
		for (const child of children)
			if (child !== null && child !== undefined)
				e.append(child instanceof Node ? child : String(child));
		return e;
	}

	function button(text, attributes, ...children) {
		return el('button', {type: 'button', ...attributes}, text, ...children);
	}

	// A socket's name where room is short: ports, which tell connections apart, are cut last, and an
	// address that both ends have is there once. The whole name is its title.
	function socketName(text, cls) {
		const number = text.match(/^(#\d+ )?/)[0], at = text.indexOf(' < ');
		const near = text.slice(number.length, at < 0 ? text.length : at);
		let far = at < 0 ? '' : text.slice(at);
		const [here, there] = [near, far].map((end) => end.match(/ (\S+):\d+$/));
		const port = here ? near.slice(near.lastIndexOf(':')) : '';
		if (here && there && here[1] === there[1])
			far = ` < ${far.slice(far.lastIndexOf(':'))}`;
		return el('span', {class: `ends ${cls}`, title: text},
			number ? el('span', {class: 'number'}, number) : null,
			el('span', {class: 'near'}, near.slice(0, near.length - port.length)),
			port ? el('span', {class: 'number'}, port) : null,
			far ? el('span', {class: 'far'}, far) : null);
	}

	// A canvas as large as its box, in the pixels of the screen; null while it is hidden.
	function surface(canvas) {
		const scale = window.devicePixelRatio || 1;
		const width = canvas.clientWidth, height = canvas.clientHeight;
		if (!width || !height)
			return null;
		const w = Math.round(width * scale), h = Math.round(height * scale);
		if (canvas.width !== w || canvas.height !== h) {
			canvas.width = w;
			canvas.height = h;
		}
		const c = canvas.getContext('2d');
		c.setTransform(scale, 0, 0, scale, 0, 0);
		c.clearRect(0, 0, width, height);
		return {c, width, height};
	}

	// The page's colours, by the names that style.css gives them.
	let colours = null;
	function colour(name) {
		if (!colours)
			colours = new Map();
		let value = colours.get(name);
		if (!value) {
			value = getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
			colours.set(name, value);
		}
		return value;
	}
	function forgetColours() {
		colours = null;
	}

	return {$, el, button, socketName, surface, colour, forgetColours};
})();
