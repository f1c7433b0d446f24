// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* What tasks and sockets are called. */
#include "text.h"

#include <sys/socket.h>

#include "base/escape.h"
#include "base/names.h"

void text_task(struct sw_buf *out, uint32_t pid, uint32_t tid, const char comm[SW_COMM_LEN])
{
	sw_escape_text(out, comm, strlen(comm));
	sw_buf__putc(out, '[');
	if (pid)
		sw_buf__u64(out, pid);
	else
		sw_buf__putc(out, '?');
	if (pid && tid != pid) {
		sw_buf__putc(out, '/');
		sw_buf__u64(out, tid);
	}
	sw_buf__putc(out, ']');
}

/* Escaped on its way from a scratch buffer; "" is told apart by the caller. */
static void put_escaped(struct sw_buf *out, const struct sw_buf *raw)
{
	if (raw->failed)
		out->failed = true;
	else
		sw_escape_text(out, raw->data, raw->len);
}

/* "10.0.0.1:80" without its host: what is behind the last colon, also of IPv6. */
static void keep_port(struct sw_buf *name, const struct sw_socket *sk)
{
	size_t colon;

	if (name->failed || !name->len || (sk->family != AF_INET && sk->family != AF_INET6))
		return;
	for (colon = name->len - 1; colon && name->data[colon] != ':'; colon--)
		;
	name->len -= colon;
	memmove(name->data, name->data + colon, name->len);
}

void text_socket(struct sw_buf *out, const struct sw_socket *sk, const char *arrow,
		 enum text_brevity brief)
{
	struct sw_buf raw = { 0 };
	size_t local;

	if (!sk->known) {
		sw_buf__puts(out, "unknown socket");
		return;
	}
	if (!sw_family_name(sk->family))
		sw_buf__puts(out, "family ");
	/* What "tcp" and "udp" are part of goes without saying. */
	if (sk->family != AF_INET && sk->family != AF_INET6) {
		sw_socket__family(sk, out);
		sw_buf__putc(out, ' ');
	}
	sw_socket__proto(sk, out);

	sw_socket__local(sk, &raw);
	/* Our own host says the least. */
	if (brief >= TEXT_BRIEF)
		keep_port(&raw, sk);
	local = raw.len;
	if (local) {
		sw_buf__putc(out, ' ');
		put_escaped(out, &raw);
	}
	sw_buf__reset(&raw);
	sw_socket__remote(sk, &raw);
	if (brief >= TEXT_PORTS)
		keep_port(&raw, sk);
	if (raw.len) {
		/* A client of AF_UNIX has no name of its own: as ss, write a star. */
		sw_buf__puts(out, local ? " " : " * ");
		sw_buf__puts(out, arrow);
		sw_buf__putc(out, ' ');
		put_escaped(out, &raw);
	}
	sw_buf__free(&raw);
}
