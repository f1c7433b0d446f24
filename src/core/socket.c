// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* One socket of a trace: what records say of it, and how people name it. */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/addr.h"
#include "base/names.h"
#include "sockets.h"

#define STATE_LISTEN 10 /* TCP_LISTEN, include/net/tcp_states.h */
#define PROTO_TCP 6
#define PROTO_MPTCP 262

static bool all_zero(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i])
			return false;
	return true;
}

/* An address goes with its port: half of an old name is no name at all. */
static void learn_end(uint8_t addr[16], uint16_t *port, const uint8_t new_addr[16],
		      uint16_t new_port)
{
	/* A connection that was reset gives up its port, its address, or both. */
	if (!all_zero(new_addr, 16) || (new_port && new_port != *port))
		memcpy(addr, new_addr, 16);
	if (new_port)
		*port = new_port;
}

/* What others made of its names is void. */
static void socket__renamed(struct sw_socket *sk)
{
	sk->shown_valid = false;
	sk->renamed++;
}

#define LEARN(to, from)         \
	do {                    \
		if (from)       \
			to = from; \
	} while (0)

int sw_socket__learn(struct sw_socket *sk, const struct sw_rec_socket *rec)
{
	LEARN(sk->cookie, rec->cookie);
	LEARN(sk->inode, rec->inode);
	LEARN(sk->netns, rec->netns);
	LEARN(sk->lid, rec->lid);
	LEARN(sk->rid, rec->rid);
	LEARN(sk->parent, rec->parent);
	sk->family = rec->family;
	sk->type = rec->type;
	sk->protocol = rec->protocol;
	learn_end(sk->laddr, &sk->lport, rec->laddr, rec->lport);
	learn_end(sk->raddr, &sk->rport, rec->raddr, rec->rport);
	sk->known = true;
	socket__renamed(sk);
	return 0;
}

int sw_socket__learn_unix(struct sw_socket *sk, const struct sw_rec_unix *rec)
{
	const bool local = rec->llen || rec->hdr.flags & SW_F_ABSTRACT_LOCAL;
	const bool remote = rec->rlen || rec->hdr.flags & SW_F_ABSTRACT_REMOTE;
	struct sw_rec_unix *un = sk->un;

	/* Most AF_UNIX sockets have no name on either end. */
	if (!local && !remote)
		return 0;
	if (!un) {
		un = calloc(1, sizeof(*un));
		if (!un)
			return -ENOMEM;
		sk->un = un;
	}
	if (local) {
		un->llen = rec->llen;
		memcpy(un->lpath, rec->lpath, sizeof(un->lpath));
		sk->flags &= (uint16_t)~SW_F_ABSTRACT_LOCAL;
		sk->flags |= rec->hdr.flags & SW_F_ABSTRACT_LOCAL;
	}
	if (remote) {
		un->rlen = rec->rlen;
		memcpy(un->rpath, rec->rpath, sizeof(un->rpath));
		sk->flags &= (uint16_t)~SW_F_ABSTRACT_REMOTE;
		sk->flags |= rec->hdr.flags & SW_F_ABSTRACT_REMOTE;
	}
	socket__renamed(sk);
	return 0;
}

static bool is_inet(const struct sw_socket *sk)
{
	return sk->family == AF_INET || sk->family == AF_INET6;
}

bool sw_socket__is_listener(const struct sw_socket *sk, unsigned int state)
{
	if (state != STATE_LISTEN)
		return false;
	/* Of an unknown one the state is all that we have. */
	if (!sk->known || sk->family == AF_UNIX || sk->family == AF_VSOCK)
		return true;
	return is_inet(sk) && sk->type == SOCK_STREAM &&
	       (sk->protocol == PROTO_TCP || sk->protocol == PROTO_MPTCP);
}

static void put_name(struct sw_buf *b, const char *name, uint64_t number)
{
	if (name)
		sw_buf__puts(b, name);
	else
		sw_buf__u64(b, number);
}

void sw_socket__family(const struct sw_socket *sk, struct sw_buf *b)
{
	put_name(b, sw_family_name(sk->family), sk->family);
}

static void put_ethertype(struct sw_buf *b, unsigned int type)
{
	const char *name = sw_ethertype_name(type);

	if (name)
		sw_buf__puts(b, name);
	else
		sw_buf__printf(b, "0x%04x", type);
}

void sw_socket__proto(const struct sw_socket *sk, struct sw_buf *b)
{
	switch (sk->family) {
	case AF_INET:
	case AF_INET6:
		put_name(b, sw_inet_proto_name(sk->protocol), sk->protocol);
		break;
	case AF_NETLINK:
		put_name(b, sw_netlink_proto_name(sk->protocol), sk->protocol);
		break;
	case AF_PACKET:
		put_ethertype(b, sk->protocol);
		break;
	default:
		put_name(b, sw_type_name(sk->type), sk->type);
	}
}

static void put_inet_end(const struct sw_socket *sk, struct sw_buf *b, const uint8_t addr[16],
			 uint16_t port)
{
	if (port || !all_zero(addr, 16))
		sw_addr__format(b, sk->family, addr, port);
}

static void put_path(struct sw_buf *b, bool abstract, const uint8_t *path, size_t len)
{
	if (abstract)
		sw_buf__putc(b, '@');
	sw_buf__put(b, path, len);
}

/* As ss does: a star for any. */
static void put_vsock_number(struct sw_buf *b, uint32_t number)
{
	if (number == UINT32_MAX)
		sw_buf__putc(b, '*');
	else
		sw_buf__u64(b, number);
}

static void put_vsock_end(struct sw_buf *b, const uint8_t addr[16], uint32_t port)
{
	uint32_t cid;

	memcpy(&cid, addr, sizeof(cid));
	if (!cid && !port)
		return;
	put_vsock_number(b, cid);
	sw_buf__putc(b, ':');
	put_vsock_number(b, port);
}

/* The interface that it is bound to; where its name is not known, its number. */
static void put_interface(const struct sw_socket *sk, struct sw_buf *b)
{
	size_t len = strnlen((const char *)sk->laddr, sizeof(sk->laddr));

	if (!sk->lid)
		return;
	if (len) {
		sw_buf__put(b, sk->laddr, len);
	} else {
		sw_buf__puts(b, "if");
		sw_buf__u64(b, sk->lid);
	}
}

void sw_socket__local(const struct sw_socket *sk, struct sw_buf *b)
{
	if (is_inet(sk)) {
		put_inet_end(sk, b, sk->laddr, sk->lport);
	} else if (sk->family == AF_UNIX && sk->un) {
		put_path(b, sk->flags & SW_F_ABSTRACT_LOCAL, sk->un->lpath, sk->un->llen);
	} else if (sk->family == AF_NETLINK && sk->lid) {
		sw_buf__u64(b, sk->lid);
	} else if (sk->family == AF_PACKET) {
		put_interface(sk, b);
	} else if (sk->family == AF_VSOCK) {
		put_vsock_end(b, sk->laddr, sk->lid);
	}
}

void sw_socket__remote(const struct sw_socket *sk, struct sw_buf *b)
{
	if (is_inet(sk))
		put_inet_end(sk, b, sk->raddr, sk->rport);
	else if (sk->family == AF_UNIX && sk->un)
		put_path(b, sk->flags & SW_F_ABSTRACT_REMOTE, sk->un->rpath, sk->un->rlen);
	else if (sk->family == AF_NETLINK && sk->rid)
		sw_buf__u64(b, sk->rid);
	else if (sk->family == AF_VSOCK)
		put_vsock_end(b, sk->raddr, sk->rid);
}

/* A name may hold anything, and an abstract one a NUL: it stays text in C. */
static void fit(char out[SW_SOCKET_NAME], const struct sw_buf *name)
{
	size_t n = name->len < SW_SOCKET_NAME ? name->len : SW_SOCKET_NAME - 1;

	for (size_t i = 0; i < n; i++)
		out[i] = name->data[i] ? name->data[i] : '@';
	out[n] = '\0';
}

int sw_socket__describe(const struct sw_socket *sk, char out[SW_SOCKET_NAME])
{
	struct sw_buf b = { 0 }, remote = { 0 };
	size_t kind;
	int err;

	if (!sk->known) {
		strcpy(out, "unknown socket");
		return 0;
	}
	if (!sw_family_name(sk->family))
		sw_buf__puts(&b, "family ");
	/* What "tcp" and "udp" are part of goes without saying. */
	if (!is_inet(sk)) {
		sw_socket__family(sk, &b);
		sw_buf__putc(&b, ' ');
	}
	sw_socket__proto(sk, &b);
	kind = b.len;
	sw_socket__remote(sk, &remote);
	sw_buf__putc(&b, ' ');
	sw_socket__local(sk, &b);
	if (b.len == kind + 1) {
		/* A client of AF_UNIX has no name of its own: as ss, write a star. */
		b.len = kind;
		sw_buf__puts(&b, remote.len ? " *" : "");
	}
	sw_buf__puts(&b, remote.len ? " < " : "");
	sw_buf__put(&b, remote.data, remote.len);
	fit(out, &b);
	err = b.failed || remote.failed ? -ENOMEM : 0;
	sw_buf__free(&remote);
	sw_buf__free(&b);
	return err;
}

bool sw_socket__has_state(const struct sw_socket *sk)
{
	return sk->known && (sk->type == SOCK_STREAM || sk->type == SOCK_SEQPACKET ||
			     sk->type == SOCK_DCCP);
}

const char *sw_socket__state_name(const struct sw_socket *sk, unsigned int state)
{
	if (!sw_socket__has_state(sk))
		return NULL;
	/* sk_state holds TCP_* in these; Bluetooth, TIPC and others have their own. */
	switch (sk->family) {
	case AF_INET:
	case AF_INET6:
	case AF_UNIX:
	case AF_VSOCK:
		return sw_state_name(state);
	default:
		return NULL;
	}
}
