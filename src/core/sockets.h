/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The sockets of a trace: what is known of each, under a small number.
 *
 * The kernel half names a socket by a 64-bit key; users see 1, 2, 3 … in the
 * order in which sockets appear in the merged trace, so that a live trace and
 * a replay of it give the same numbers.
 */
#ifndef SW_CORE_SOCKETS_H
#define SW_CORE_SOCKETS_H

#include <stdbool.h>

#include "base/buf.h"
#include "core/decode.h"
#include "core/table.h"

struct sw_socket {
	/* What each event touches comes first, in as few cache lines as can be. */
	uint64_t key; /* the kernel half's id; records carry it in `sock` */
	UT_hash_handle hh;
	uint64_t id; /* what users see: from 1 */

	uint64_t used;		    /* when it was asked for last: see sockets.c */
	uint64_t events;	    /* records but those that name it: what a timeline stores */
	uint64_t first_ts, last_ts; /* of its events; 0: none yet */
	/* The timeline's: offsets into its store, see timeline.c. */
	uint64_t oldest, newest; /* valid while kept > 0 */
	uint64_t kept;		 /* of `events`, how many are still stored */
	struct sw_buf shown;	 /* the names as the renderer writes them, kept by it; owned */
	void *rendered;		 /* the renderer's own, until the socket is dropped */
	struct sw_recent *recent; /* its last events: see moments.c */
	bool shown_valid;	 /* cleared when a name changes */
	bool known;		 /* a "socket" record was seen */
	bool destroyed;
	bool picked; /* by a filter: see select.h */
	uint8_t holds; /* how often somebody relies on its not being dropped */
	uint8_t state;	/* of the last wake-up; 0: none yet */
	uint16_t flags; /* SW_F_ABSTRACT_*, as the "unix" record has them */
	uint16_t shown_at; /* its place among those whose `shown` is kept, and 1; 0: none */
	uint32_t renamed; /* how often a name may have changed */

	/* Names, as the last "socket" record gave them; what a later record no
	 * longer knows (a closed socket has no inode, a reset one no port) is kept. */
	uint16_t family, type, protocol, lport, rport;
	uint32_t netns, lid, rid;
	uint64_t cookie, inode;
	uint64_t parent; /* key of the listener whose queue it came from; 0: not known */
	uint8_t laddr[16], raddr[16];
	struct sw_rec_unix *un; /* owned; NULL: no names */
};

struct sw_sockets; /* opaque */

struct sw_sockets *sw_sockets__new(void); /* NULL: out of memory */
void sw_sockets__free(struct sw_sockets *s);

/*
 * The socket of a key, made (and numbered) on first sight.  NULL: out of
 * memory.  The pointer is good until the socket is dropped.
 */
struct sw_socket *sw_sockets__get(struct sw_sockets *s, uint64_t key);

/* The same, but never made: NULL where there is none (any more). */
struct sw_socket *sw_sockets__find(const struct sw_sockets *s, uint64_t key);

/* Takes over what a "socket" or "unix" record says. Returns 0 or -ENOMEM. */
int sw_socket__learn(struct sw_socket *sk, const struct sw_rec_socket *rec);
int sw_socket__learn_unix(struct sw_socket *sk, const struct sw_rec_unix *rec);

/* Forgets a socket. */
void sw_sockets__drop(struct sw_sockets *s, struct sw_socket *sk);

/*
 * Memory is bounded: where there are so many, one goes that was not seen for long, and if
 * it comes back it is another one, without a name.  Those stay that are destroyed (whoever
 * keeps them drops them), held, or have kept events.  on_full: is to have one dropped
 * when there is no other; false: it cannot.
 */
void sw_sockets__limit(struct sw_sockets *s, uint64_t most);
typedef bool (*sw_sockets_full)(void *arg);
void sw_sockets__on_full(struct sw_sockets *s, sw_sockets_full full, void *arg);
/* Drops one that is not destroyed, and counts it. */
void sw_sockets__forget(struct sw_sockets *s, struct sw_socket *sk);
uint64_t sw_sockets__forgotten(const struct sw_sockets *s);
/* What the renderer keeps of it may go when those of others take its place. */
void sw_sockets__shown(struct sw_sockets *s, struct sw_socket *sk);

/* Is shown each socket before it is forgotten, but for those that are left at the end. */
typedef void (*sw_sockets_hook)(void *arg, struct sw_socket *sk);
void sw_sockets__on_drop(struct sw_sockets *s, sw_sockets_hook hook, void *arg);

/* How many there were in all, and how many are held now. */
uint64_t sw_sockets__seen(const struct sw_sockets *s);
uint64_t sw_sockets__held(const struct sw_sockets *s);

/* In order of id: NULL for the first; NULL after the last. */
struct sw_socket *sw_sockets__next(const struct sw_sockets *s, const struct sw_socket *sk);

/*
 * A listening socket whose queues count connections, not bytes, in a wake-up
 * with this state: TCP's, AF_UNIX's and vsock's, see read_queues() of the kernel half.
 */
bool sw_socket__is_listener(const struct sw_socket *sk, unsigned int state);

/*
 * How people name it.  Each appends:
 *   family   "inet", … or a number
 *   proto    "tcp", "udp", "stream", "route", … or a number; of a packet
 *            socket the Ethernet type: "all", "ip", "0x88cc"
 *   local    "127.0.0.1:80", "/run/x.sock", "@abstract", a netlink port id,
 *            a packet socket's interface ("eth0"; "if2" without its name), a
 *            vsock's cid and port ("1:5000", "*:5000"), or ""
 *   remote   likewise
 * Names are written raw: escape them for where they go.
 */
void sw_socket__family(const struct sw_socket *sk, struct sw_buf *b);
void sw_socket__proto(const struct sw_socket *sk, struct sw_buf *b);
void sw_socket__local(const struct sw_socket *sk, struct sw_buf *b);
void sw_socket__remote(const struct sw_socket *sk, struct sw_buf *b);
/*
 * All of it in one piece: "tcp 127.0.0.1:80 < 127.0.0.1:1234", "unix stream
 * /run/x.sock", raw, but for NULs, and cut to fit.  Returns 0 or -ENOMEM (out is
 * then a part of it).
 */
#define SW_SOCKET_NAME 128
int sw_socket__describe(const struct sw_socket *sk, char out[SW_SOCKET_NAME]);
/* Only of connections and those that listen for them is sk_state a state: datagram, raw,
 * netlink and packet sockets have none. */
bool sw_socket__has_state(const struct sw_socket *sk);
/* "LISTEN", …; NULL where it has none, or the family's states are not TCP's. */
const char *sw_socket__state_name(const struct sw_socket *sk, unsigned int state);

#endif
