// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
// Numbers as people read them, as src/base/human.c has them.
'use strict';

const Format = (() => {
	const UNITS = [[1e9, 's'], [1e6, 'ms'], [1e3, 'us'], [1, 'ns']];

	// Three digits that count.
	function digits(v) {
		if (v >= 100)
			return String(Math.round(v));
		return String(Number(v.toFixed(v >= 10 ? 1 : 2)));
	}

	function two(v, per, big, small) {
		const rest = String(Math.floor(v % per)).padStart(2, '0');
		return `${Math.floor(v / per)} ${big} ${rest} ${small}`;
	}

	function duration(ns) {
		if (ns === null || ns === undefined || Number.isNaN(ns))
			return '';
		if (ns < 0)
			return '\u2212' + duration(-ns);
		const s = ns / 1e9;
		if (s >= 86400)
			return two(s / 3600, 24, 'd', 'h');
		if (s >= 3600)
			return two(s / 60, 60, 'h', 'm');
		if (s >= 60)
			return two(s, 60, 'm', 's');
		for (const [unit, name] of UNITS)
			if (ns >= unit)
				return `${digits(ns / unit)} ${name}`;
		return '0 ns';
	}

	// A moment, with as many places as a step of so many ns needs.
	function moment(ns, step) {
		const places = Math.min(9, Math.max(0, Math.ceil(-Math.log10(step / 1e9) - 1e-9)));
		const text = (Math.abs(ns) / 1e9).toFixed(places);
		return `${ns < 0 && Number(text) ? '\u2212' : ''}${text} s`;
	}

	function count(n) {
		return Number(n).toLocaleString('en-US', {maximumFractionDigits: 0});
	}

	function bytes(n) {
		const names = ['B', 'KB', 'MB', 'GB', 'TB', 'PB', 'EB'];
		let i = 0;
		while (n >= 1024 && i < names.length - 1) {
			n /= 1024;
			i++;
		}
		return `${digits(n)} ${names[i]}`;
	}

	function plural(n, one, many) {
		return `${count(n)} ${n === 1 ? one : many || one + 's'}`;
	}

	function task(t) {
		const id = t.tid && t.tid !== t.pid ? `${t.pid}/${t.tid}` : `${t.pid}`;
		return t.pid || t.tid ? `${t.comm}[${id}]` : t.comm;
	}

	// The errno of results that programs see often; others by number.
	const ERRORS = {4: 'EINTR', 11: 'EAGAIN', 32: 'EPIPE', 104: 'ECONNRESET', 110: 'ETIMEDOUT',
		111: 'ECONNREFUSED', 115: 'EINPROGRESS', 9: 'EBADF', 22: 'EINVAL', 103: 'ECONNABORTED'};

	function result(op, n) {
		if (n < 0)
			return ERRORS[-n] || `error ${count(-n)}`;
		return op === 'accept' ? `fd ${n}` : bytes(n);
	}

	return {duration, moment, count, bytes, plural, task, result};
})();
