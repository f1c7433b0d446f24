// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* The sockets of a trace, under small numbers. */
#include "sockets.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/addr.h"
#include "base/names.h"

#define STATE_LISTEN 10 /* TCP_LISTEN, include/net/tcp_states.h */
#define PROTO_TCP 6
#define PROTO_MPTCP 262

/* Names as renderers write them are long: those of so many are kept. */
#define SHOWN_MAX 4096
/* One that goes is looked for among so many, and chosen from so many that may go. */
#define LOOK_AT 64
#define CHOOSE_FROM 16

struct sw_sockets {
	struct sw_socket *head;
	struct sw_socket *last; /* the one asked for last: events come in runs */
	uint64_t seen;
	sw_sockets_hook on_drop; /* NULL: nobody wants to know */
	void *arg;
	uint64_t limit, forgotten;
	uint64_t asked; /* how often */
	struct sw_socket *hand; /* the next one to be looked at; NULL: the first */
	sw_sockets_full on_full; /* NULL: nobody can help */
	void *full_arg;
	struct sw_socket *shown[SHOWN_MAX]; /* in turn */
	unsigned int shown_turn;
};

struct sw_sockets *sw_sockets__new(void)
{
	struct sw_sockets *s = calloc(1, sizeof(*s));

	if (s)
		s->limit = SW_SOCKETS_MAX;
	return s;
}

static void socket__free(struct sw_socket *sk)
{
	free(sk->un);
	sw_buf__free(&sk->shown);
	free(sk);
}

void sw_sockets__free(struct sw_sockets *s)
{
	struct sw_socket *sk, *next;

	if (!s)
		return;
	for (sk = s->head; sk; sk = next) {
		next = sk->hh.next;
		/* The last one takes the table itself with it. */
		HASH_DEL(s->head, sk);
		socket__free(sk);
	}
	free(s);
}

static bool may_go(const struct sw_socket *sk)
{
	return !sk->destroyed && !sk->holds && !sk->kept;
}

/* Of a few, in turn, the one goes that was not asked for for longest.  False: all that were
 * met have to stay. */
static bool sockets__forget_one(struct sw_sockets *s)
{
	struct sw_socket *sk = s->hand ?: s->head, *goes = NULL;
	unsigned int met = 0, may = 0;

	for (; sk && met < LOOK_AT && may < CHOOSE_FROM; sk = sk->hh.next ?: s->head, met++) {
		if (!may_go(sk))
			continue;
		may++;
		if (!goes || sk->used < goes->used)
			goes = sk;
	}
	s->hand = sk;
	if (goes)
		sw_sockets__forget(s, goes);
	return goes;
}

static struct sw_socket *sockets__add(struct sw_sockets *s, uint64_t key)
{
	struct sw_socket *sk;

	while (HASH_COUNT(s->head) >= s->limit && !sockets__forget_one(s))
		if (!s->on_full || !s->on_full(s->full_arg))
			break;
	sk = calloc(1, sizeof(*sk));
	if (!sk)
		return NULL;
	sk->key = key;
	HASH_ADD(hh, s->head, key, sizeof(sk->key), sk);
	if (!sk->hh.tbl) {
		free(sk);
		errno = ENOMEM;
		return NULL;
	}
	sk->id = ++s->seen;
	return sk;
}

struct sw_socket *sw_sockets__get(struct sw_sockets *s, uint64_t key)
{
	struct sw_socket *sk = s->last;

	if (sk && sk->key == key)
		return sk;
	HASH_FIND(hh, s->head, &key, sizeof(key), sk);
	if (!sk)
		sk = sockets__add(s, key);
	if (!sk)
		return NULL;
	sk->used = ++s->asked;
	return s->last = sk;
}

struct sw_socket *sw_sockets__find(const struct sw_sockets *s, uint64_t key)
{
	struct sw_socket *sk;

	HASH_FIND(hh, s->head, &key, sizeof(key), sk);
	return sk;
}

void sw_sockets__drop(struct sw_sockets *s, struct sw_socket *sk)
{
	if (s->last == sk)
		s->last = NULL;
	if (s->hand == sk)
		s->hand = sk->hh.next;
	if (sk->shown_at)
		s->shown[sk->shown_at - 1] = NULL;
	if (s->on_drop)
		s->on_drop(s->arg, sk);
	HASH_DEL(s->head, sk);
	socket__free(sk);
}

void sw_sockets__forget(struct sw_sockets *s, struct sw_socket *sk)
{
	s->forgotten++;
	sw_sockets__drop(s, sk);
}

uint64_t sw_sockets__forgotten(const struct sw_sockets *s)
{
	return s->forgotten;
}

void sw_sockets__limit(struct sw_sockets *s, uint64_t most)
{
	s->limit = most;
}

void sw_sockets__on_full(struct sw_sockets *s, sw_sockets_full full, void *arg)
{
	s->on_full = full;
	s->full_arg = arg;
}

void sw_sockets__shown(struct sw_sockets *s, struct sw_socket *sk)
{
	struct sw_socket **place;

	if (sk->shown_at || !sk->shown.cap)
		return;
	place = &s->shown[s->shown_turn];
	if (*place) {
		sw_buf__free(&(*place)->shown);
		(*place)->shown_valid = false;
		(*place)->shown_at = 0;
	}
	*place = sk;
	sk->shown_at = (uint16_t)(++s->shown_turn);
	s->shown_turn %= SHOWN_MAX;
}

void sw_sockets__on_drop(struct sw_sockets *s, sw_sockets_hook hook, void *arg)
{
	s->on_drop = hook;
	s->arg = arg;
}

uint64_t sw_sockets__seen(const struct sw_sockets *s)
{
	return s->seen;
}

uint64_t sw_sockets__held(const struct sw_sockets *s)
{
	return HASH_COUNT(s->head);
}

struct sw_socket *sw_sockets__next(const struct sw_sockets *s, const struct sw_socket *sk)
{
	/* uthash keeps the order in which they were added, which is that of ids. */
	return sk ? sk->hh.next : s->head;
}

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
