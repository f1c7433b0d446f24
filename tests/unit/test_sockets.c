// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "test.h"

#include <sys/socket.h>

#include "core/sockets.h"
#include "samples.h"

static uint64_t key_of(uint64_t i)
{
	return i << 10 | (i & 3); /* as the kernel half makes them */
}

static void test_ids_are_in_order_of_sight(void **state)
{
	struct sw_sockets *s = sw_sockets__new();
	struct sw_socket *a, *b;

	(void)state;
	a = sw_sockets__get(s, 77);
	b = sw_sockets__get(s, 5);
	assert_ptr_not_equal(a, b);
	assert_int_equal(a->id, 1);
	assert_int_equal(b->id, 2);
	assert_ptr_equal(sw_sockets__get(s, 77), a);
	assert_int_equal(sw_sockets__seen(s), 2);
	/* 0 is a key like any other: a damaged record may have it. */
	assert_int_equal(sw_sockets__get(s, 0)->id, 3);

	/* A number is never given twice. */
	sw_sockets__drop(s, a);
	assert_int_equal(sw_sockets__held(s), 2);
	assert_int_equal(sw_sockets__get(s, 77)->id, 4);
	assert_int_equal(sw_sockets__seen(s), 4);
	/* Nor is the one that was asked for last remembered once it is gone. */
	sw_sockets__drop(s, sw_sockets__get(s, 5));
	assert_int_equal(sw_sockets__get(s, 5)->id, 5);
	sw_sockets__free(s);
}

static void test_many(void **state)
{
	enum { MANY = 70000 };
	struct sw_sockets *s = sw_sockets__new();
	struct sw_socket *sk = NULL, *next;
	uint64_t last = 0, n = 0;

	(void)state;
	sw_sockets__limit(s, MANY);
	for (uint64_t i = 0; i < MANY; i++)
		assert_int_equal(sw_sockets__get(s, key_of(MANY - i))->id, i + 1);
	for (uint64_t i = 0; i < MANY; i++)
		assert_int_equal(sw_sockets__get(s, key_of(MANY - i))->id, i + 1);
	/* Every other one goes, while they are walked. */
	for (sk = sw_sockets__next(s, NULL); sk; sk = next) {
		next = sw_sockets__next(s, sk);
		if (sk->id % 2)
			sw_sockets__drop(s, sk);
	}
	for (sk = NULL; (sk = sw_sockets__next(s, sk)); n++) {
		assert_true(sk->id > last);
		last = sk->id;
	}
	assert_int_equal(n, MANY / 2);
	assert_int_equal(sw_sockets__held(s), MANY / 2);
	sw_sockets__free(s);
}

/* Where there are too many, one goes that is not in use; what somebody relies on stays. */
static void test_forgotten(void **state)
{
	enum { MOST = 1000, MORE = 50000 };
	struct sw_sockets *s = sw_sockets__new();
	struct sw_socket *busy, *held, *kept, *dead;

	(void)state;
	sw_sockets__limit(s, MOST);
	busy = sw_sockets__get(s, key_of(1));
	held = sw_sockets__get(s, key_of(2));
	held->holds = 1;
	kept = sw_sockets__get(s, key_of(3));
	kept->kept = 1;
	dead = sw_sockets__get(s, key_of(4));
	dead->destroyed = true;
	sw_sockets__get(s, key_of(5));
	for (uint64_t i = 10; i < 10 + MORE; i++) {
		assert_non_null(sw_sockets__get(s, key_of(i)));
		assert_ptr_equal(sw_sockets__get(s, key_of(1)), busy);
		assert_true(sw_sockets__held(s) <= MOST);
	}
	assert_ptr_equal(sw_sockets__find(s, key_of(2)), held);
	assert_ptr_equal(sw_sockets__find(s, key_of(3)), kept);
	assert_ptr_equal(sw_sockets__find(s, key_of(4)), dead);
	assert_null(sw_sockets__find(s, key_of(5)));
	assert_int_equal(sw_sockets__forgotten(s), 5 + MORE - MOST);
	/* One that comes back is another one. */
	assert_int_equal(sw_sockets__get(s, key_of(5))->id, 5 + MORE + 1);
	sw_sockets__free(s);
}

/* ASan's, of whose header not every compiler has a copy. */
size_t __sanitizer_get_current_allocated_bytes(void);

/* Sockets that come and go, a few at a time, take what those few take, for ever. */
static void test_churn(void **state)
{
	enum { ALIVE = 2000, MANY = 1000000 };
	struct sw_sockets *s = sw_sockets__new();
	size_t before, most = 0;

	(void)state;
	before = __sanitizer_get_current_allocated_bytes();
	for (uint64_t i = 0; i < MANY; i++) {
		/* As the kernel half makes them: a time and a CPU. */
		assert_non_null(sw_sockets__get(s, i * 123457 << 10 | i % 2));
		if (i >= ALIVE)
			sw_sockets__drop(s, sw_sockets__find(s, (i - ALIVE) * 123457 << 10 | i % 2));
	}
	most = __sanitizer_get_current_allocated_bytes() - before;
	assert_true(most < ALIVE * (sizeof(struct sw_socket) + 100));
	sw_sockets__free(s);
}

static bool none(void *arg)
{
	++*(unsigned int *)arg;
	return false;
}

/* All are held: then there is one more, as nothing may be lost. */
static void test_all_held(void **state)
{
	struct sw_sockets *s = sw_sockets__new();
	unsigned int asked = 0;

	(void)state;
	sw_sockets__limit(s, 100);
	sw_sockets__on_full(s, none, &asked);
	for (uint64_t i = 1; i <= 200; i++)
		sw_sockets__get(s, key_of(i))->holds = 1;
	assert_int_equal(sw_sockets__held(s), 200);
	assert_int_equal(sw_sockets__forgotten(s), 0);
	assert_int_equal(asked, 100);
	sw_sockets__free(s);
}

/* What renderers keep of sockets is bounded, too. */
static void test_shown(void **state)
{
	struct sw_sockets *s = sw_sockets__new();
	struct sw_socket *sk;
	unsigned int n = 0;

	(void)state;
	for (uint64_t i = 1; i <= 20000; i++) {
		sk = sw_sockets__get(s, key_of(i));
		sw_buf__puts(&sk->shown, "a name");
		sk->shown_valid = true;
		sw_sockets__shown(s, sk);
		sw_sockets__shown(s, sk);
		if (i % 3 == 0)
			sw_sockets__drop(s, sk);
	}
	for (sk = NULL; (sk = sw_sockets__next(s, sk));) {
		n += sk->shown_valid;
		assert_int_equal(sk->shown_valid, sk->shown.cap != 0);
	}
	assert_true(n > 2000 && n <= 4096);
	sw_sockets__free(s);
}

static void test_empty(void **state)
{
	struct sw_sockets *s = sw_sockets__new();

	(void)state;
	assert_null(sw_sockets__next(s, NULL));
	assert_int_equal(sw_sockets__held(s), 0);
	sw_sockets__free(s);
	sw_sockets__free(NULL);
}

/* Whichever allocation fails, the table stays whole and no number is used up. */
static void test_out_of_memory(void **state)
{
	struct sw_sockets *s = sw_sockets__new();
	unsigned int refused = 0;

	(void)state;
	for (uint64_t i = 0; i < 500; i++) {
		for (unsigned long at = 1; at <= 3; at++) {
			alloc_fail_in = at;
			if (sw_sockets__get(s, key_of(i)))
				break;
			refused++;
		}
		alloc_fail_in = 0;
		assert_int_equal(sw_sockets__get(s, key_of(i))->id, i + 1);
	}
	/* The first needs three; each needs one, and growing another. */
	assert_true(refused > 502);
	for (uint64_t i = 0; i < 500; i++)
		assert_int_equal(sw_sockets__get(s, key_of(i))->id, i + 1);
	assert_int_equal(sw_sockets__held(s), 500);
	sw_sockets__free(s);
}

static void assert_names(const struct sw_socket *sk, const char *family, const char *proto,
			 const char *local, const char *remote)
{
	struct sw_buf b = { 0 };

	sw_socket__family(sk, &b);
	assert_buf(&b, family);
	sw_socket__proto(sk, &b);
	assert_buf(&b, proto);
	sw_socket__local(sk, &b);
	assert_buf(&b, local);
	sw_socket__remote(sk, &b);
	assert_buf(&b, remote);
	sw_buf__free(&b);
}

static void test_learn(void **state)
{
	struct sw_rec_socket rec = sample_socket();
	struct sw_socket sk = { .shown_valid = true };

	(void)state;
	rec.cookie = 9;
	assert_int_equal(sw_socket__learn(&sk, &rec), 0);
	assert_true(sk.known);
	assert_false(sk.shown_valid);
	assert_names(&sk, "inet", "tcp", "127.0.0.1:7777", "127.0.0.1:43210");

	/* What a closed socket no longer knows is kept. */
	rec.cookie = rec.inode = rec.netns = 0;
	rec.lport = rec.rport = 0;
	memset(rec.laddr, 0, sizeof(rec.laddr));
	memset(rec.raddr, 0, sizeof(rec.raddr));
	assert_int_equal(sw_socket__learn(&sk, &rec), 0);
	assert_names(&sk, "inet", "tcp", "127.0.0.1:7777", "127.0.0.1:43210");
	assert_int_equal(sk.inode, 40213);
	assert_int_equal(sk.cookie, 9);
	assert_int_equal(sk.netns, 4026531840U);

	/* A port alone is news, and its address goes with it. */
	rec.rport = 53;
	assert_int_equal(sw_socket__learn(&sk, &rec), 0);
	assert_names(&sk, "inet", "tcp", "127.0.0.1:7777", "0.0.0.0:53");
	/* So is an address alone; the port stays. */
	rec.rport = 0;
	rec.raddr[0] = 10;
	assert_int_equal(sw_socket__learn(&sk, &rec), 0);
	assert_names(&sk, "inet", "tcp", "127.0.0.1:7777", "10.0.0.0:53");
}

static void test_learn_unix(void **state)
{
	struct sw_socket sk = { .family = AF_UNIX, .type = SOCK_DGRAM };
	struct sw_rec_unix rec = sample_unix();
	struct sw_buf b = { 0 };

	(void)state;
	assert_names(&sk, "unix", "dgram", "", "");
	rec.llen = rec.rlen = 0;
	sk.shown_valid = true;
	alloc_fail_in = 1; /* an unnamed socket costs no memory */
	assert_int_equal(sw_socket__learn_unix(&sk, &rec), 0);
	assert_true(sk.shown_valid);
	rec.llen = 9;
	assert_int_equal(sw_socket__learn_unix(&sk, &rec), -ENOMEM);
	alloc_fail_in = 0;
	assert_int_equal(sw_socket__learn_unix(&sk, &rec), 0);
	assert_false(sk.shown_valid);
	assert_names(&sk, "unix", "dgram", "/run/sock", "");

	/* The peer's name arrives, the own one is no longer told. */
	rec.llen = 0;
	rec.rlen = 3;
	rec.hdr.flags = SW_F_ABSTRACT_REMOTE | SW_F_MORE_WAITERS;
	memcpy(rec.rpath, "a\0b", 3);
	assert_int_equal(sw_socket__learn_unix(&sk, &rec), 0);
	sw_socket__local(&sk, &b);
	assert_buf(&b, "/run/sock");
	sw_socket__remote(&sk, &b);
	assert_buf_bytes(&b, "@a\0b", 4);

	/* The shortest abstract name: the NUL alone. */
	rec.rlen = 0;
	assert_int_equal(sw_socket__learn_unix(&sk, &rec), 0);
	sw_buf__reset(&b);
	sw_socket__remote(&sk, &b);
	assert_buf(&b, "@");

	/* All of the field, and no longer abstract. */
	rec.rlen = SW_UNIX_PATH;
	rec.hdr.flags = 0;
	memset(rec.rpath, 'y', sizeof(rec.rpath));
	assert_int_equal(sw_socket__learn_unix(&sk, &rec), 0);
	sw_socket__remote(&sk, &b);
	assert_int_equal(b.len, SW_UNIX_PATH);
	assert_int_equal(b.data[0], 'y');
	sw_buf__free(&b);
	free(sk.un);
}

static void test_names_of_families(void **state)
{
	static const struct {
		struct sw_socket sk;
		const char *family, *proto, *local, *remote;
	} rows[] = {
		{ { .family = AF_INET, .protocol = 17, .lport = 53 },
		  "inet", "udp", "0.0.0.0:53", "" },
		{ { .family = AF_INET, .protocol = 200 }, "inet", "200", "", "" },
		{ { .family = AF_INET6, .protocol = 262, .lport = 1, .raddr = { [15] = 1 } },
		  "inet6", "mptcp", "[::]:1", "[::1]:0" },
		{ { .family = AF_NETLINK, .protocol = 16, .lid = 7, .rid = 9 },
		  "netlink", "generic", "7", "9" },
		{ { .family = AF_NETLINK, .protocol = 999 }, "netlink", "999", "", "" },
		{ { .family = AF_PACKET, .protocol = 3, .lid = 2 }, "packet", "all", "if2", "" },
		{ { .family = AF_PACKET, .protocol = 0x88cc }, "packet", "0x88cc", "", "" },
		{ { .family = AF_PACKET, .protocol = 0x86dd, .lid = 2, .laddr = "eth0" },
		  "packet", "ipv6", "eth0", "" },
		{ { .family = AF_PACKET, .protocol = 0x0806, .lid = 9, .laddr = "fifteen-letters" },
		  "packet", "arp", "fifteen-letters", "" },
		/* Not bound to one: it hears them all. */
		{ { .family = AF_PACKET, .protocol = 0x0800 }, "packet", "ip", "", "" },
		{ { .family = AF_VSOCK, .type = SOCK_STREAM, .lid = 5000, .laddr = { 1 } },
		  "vsock", "stream", "1:5000", "" },
		{ { .family = AF_VSOCK, .type = SOCK_SEQPACKET, .lid = 1234, .rid = 4000000000u,
		    .laddr = { 1 }, .raddr = { 0x2a, 1 } },
		  "vsock", "seqpacket", "1:1234", "298:4000000000" },
		/* Of any cid, as ss has it; the hypervisor's own cid is 0. */
		{ { .family = AF_VSOCK, .type = SOCK_STREAM, .lid = 5000, .rid = 7,
		    .laddr = { 0xff, 0xff, 0xff, 0xff } },
		  "vsock", "stream", "*:5000", "0:7" },
		{ { .family = AF_VSOCK, .type = SOCK_STREAM }, "vsock", "stream", "", "" },
		{ { .family = 999, .type = 99 }, "999", "99", "", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_names(&rows[i].sk, rows[i].family, rows[i].proto, rows[i].local,
			     rows[i].remote);
}

static void test_states(void **state)
{
	static const struct {
		struct sw_socket sk;
		unsigned int state;
		const char *name;
		bool listener;
	} rows[] = {
#define SK(family_, type_, protocol_) \
	{ .known = true, .family = family_, .type = type_, .protocol = protocol_ }
		{ SK(AF_INET, SOCK_STREAM, 6), 10, "LISTEN", true },
		{ SK(AF_INET6, SOCK_STREAM, 262), 10, "LISTEN", true },
		{ SK(AF_UNIX, SOCK_STREAM, 0), 10, "LISTEN", true },
		{ SK(AF_UNIX, SOCK_SEQPACKET, 0), 1, "ESTABLISHED", false },
		{ SK(AF_INET, SOCK_STREAM, 6), 1, "ESTABLISHED", false },
		/* Its queues count bytes even so. */
		{ SK(AF_INET, SOCK_STREAM, 132), 10, "LISTEN", false },
		{ SK(AF_INET, SOCK_SEQPACKET, 132), 1, "ESTABLISHED", false },
		{ SK(AF_INET, SOCK_DCCP, 33), 1, "ESTABLISHED", false },
		{ SK(AF_VSOCK, SOCK_STREAM, 0), 10, "LISTEN", true },
		/* These have none, whatever sk_state holds (mostly TCP_CLOSE). */
		{ SK(AF_INET, SOCK_DGRAM, 17), 7, NULL, false },
		{ SK(AF_INET6, SOCK_DGRAM, 17), 1, NULL, false },
		{ SK(AF_INET, SOCK_RAW, 1), 7, NULL, false },
		{ SK(AF_INET, SOCK_RAW, 6), 10, NULL, false },
		{ SK(AF_UNIX, SOCK_DGRAM, 0), 7, NULL, false },
		{ SK(AF_NETLINK, SOCK_RAW, 0), 7, NULL, false },
		{ SK(AF_NETLINK, SOCK_DGRAM, 0), 1, NULL, false },
		{ SK(AF_PACKET, SOCK_RAW, 3), 7, NULL, false },
		{ SK(AF_PACKET, SOCK_DGRAM, 3), 7, NULL, false },
		{ SK(AF_VSOCK, SOCK_DGRAM, 0), 7, NULL, false },
		/* BT_CONNECT2, not TCP's FIN_WAIT2. */
		{ SK(31, SOCK_SEQPACKET, 0), 6, NULL, false },
		{ SK(AF_INET, SOCK_STREAM, 6), 200, NULL, false },
#undef SK
		{ { .known = false }, 10, NULL, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *name = sw_socket__state_name(&rows[i].sk, rows[i].state);

		if (!name != !rows[i].name || (name && strcmp(name, rows[i].name)))
			fail_row(i, "state %s", name ? name : "(none)");
		if (sw_socket__is_listener(&rows[i].sk, rows[i].state) != rows[i].listener)
			fail_row(i, "listener");
	}
}

static void test_describe(void **state)
{
	struct sw_rec_socket rec = sample_socket();
	struct sw_rec_unix un = sample_unix();
	struct sw_sockets *s = sw_sockets__new();
	struct sw_socket *sk = sw_sockets__get(s, 1);
	char name[SW_SOCKET_NAME];
	uint32_t renamed;

	(void)state;
	assert_int_equal(sw_socket__describe(sk, name), 0);
	assert_string_equal(name, "unknown socket");
	renamed = sk->renamed;
	assert_int_equal(sw_socket__learn(sk, &rec), 0);
	assert_int_not_equal(sk->renamed, renamed);
	assert_int_equal(sw_socket__describe(sk, name), 0);
	assert_string_equal(name, "tcp 127.0.0.1:7777 < 127.0.0.1:43210");

	/* One end, or none. */
	sk = sw_sockets__get(s, 2);
	rec.rport = 0;
	memset(rec.raddr, 0, sizeof(rec.raddr));
	assert_int_equal(sw_socket__learn(sk, &rec), 0);
	assert_int_equal(sw_socket__describe(sk, name), 0);
	assert_string_equal(name, "tcp 127.0.0.1:7777");
	sk = sw_sockets__get(s, 3);
	rec = (struct sw_rec_socket){ .family = 200, .type = 1 };
	assert_int_equal(sw_socket__learn(sk, &rec), 0);
	assert_int_equal(sw_socket__describe(sk, name), 0);
	assert_string_equal(name, "family 200 stream");

	/* Without a name of its own; with NULs; too long. */
	sk = sw_sockets__get(s, 4);
	rec = (struct sw_rec_socket){ .family = AF_UNIX, .type = 1 };
	assert_int_equal(sw_socket__learn(sk, &rec), 0);
	memcpy(un.rpath, "/run/x", un.rlen = 6);
	un.llen = 0;
	renamed = sk->renamed;
	assert_int_equal(sw_socket__learn_unix(sk, &un), 0);
	assert_int_not_equal(sk->renamed, renamed);
	assert_int_equal(sw_socket__describe(sk, name), 0);
	assert_string_equal(name, "unix stream * < /run/x");
	memcpy(un.lpath, "a\0b", un.llen = 3);
	un.rlen = 0;
	un.hdr.flags = SW_F_ABSTRACT_LOCAL;
	assert_int_equal(sw_socket__learn_unix(sk, &un), 0);
	assert_int_equal(sw_socket__describe(sk, name), 0);
	assert_string_equal(name, "unix stream @a@b < /run/x");
	memset(un.lpath, 'x', un.llen = SW_UNIX_PATH);
	memset(un.rpath, 'y', un.rlen = SW_UNIX_PATH);
	assert_int_equal(sw_socket__learn_unix(sk, &un), 0);
	assert_int_equal(sw_socket__describe(sk, name), 0);
	assert_int_equal(strlen(name), SW_SOCKET_NAME - 1);

	for (unsigned long at = 1; at <= 2; at++) {
		alloc_fail_in = at;
		assert_int_equal(sw_socket__describe(sk, name), -ENOMEM);
		assert_int_equal(alloc_fail_in, 0);
		assert_non_null(memchr(name, '\0', sizeof(name)));
	}
	sw_sockets__free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ids_are_in_order_of_sight),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_churn),
		cmocka_unit_test(test_forgotten),
		cmocka_unit_test(test_all_held),
		cmocka_unit_test(test_shown),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_out_of_memory),
		cmocka_unit_test(test_learn),
		cmocka_unit_test(test_learn_unix),
		cmocka_unit_test(test_names_of_families),
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_describe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
