// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * kTLS on top of TCP: it puts itself before the socket's callback, and runs that once a
 * record is whole.
 */
#include <errno.h>
#include <linux/tls.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "live.h"

#ifndef TCP_ULP
#define TCP_ULP 31
#endif
#ifndef SOL_TLS
#define SOL_TLS 282
#endif

#define SIZE 100
#define MESSAGES 5

static void encrypt(int fd, int direction)
{
	/* What the key is does not matter, if both ends have it. */
	struct tls12_crypto_info_aes_gcm_128 keys = {
		.info = {.version = TLS_1_2_VERSION, .cipher_type = TLS_CIPHER_AES_GCM_128},
	};

	if (setsockopt(fd, IPPROTO_TCP, TCP_ULP, "tls", sizeof("tls")))
		live_skip("no kTLS here");
	if (setsockopt(fd, SOL_TLS, direction, &keys, sizeof(keys))) {
		MUST(errno == ENOENT);
		live_skip("no gcm(aes) here");
	}
}

int main(void)
{
	struct live_reader r;
	struct live_tcp t;

	live_start();
	live_tcp_open(&t, "", AF_INET);
	encrypt(t.server, TLS_RX);
	encrypt(t.client, TLS_TX);
	live_reader_start(&r, t.server);
	live_reader_feed(&r, t.client, SIZE, MESSAGES);
	live_reader_stop(&r, t.client);
	live_expect_any(t.server_label, "sock_def_readable");
	live_expect_woken(t.server_label, "sock_def_readable", r.thread.tid, "blocking",
			  MESSAGES + 1);
	live_expect_run(t.server_label, r.thread.tid, 0, MESSAGES + 1);
	live_expect_wait(t.server_label, "recv", r.thread.tid, "wakeup", 0, MESSAGES + 1);
	live_expect_io(t.server_label, "recv", r.thread.tid, SIZE, MESSAGES);
	live_expect_io(t.server_label, "recv", r.thread.tid, 1, 1);
	live_expect_any(t.server_label, "sock_def_wakeup");
	live_expect_any(t.client_label, "sock_def_wakeup");
	live_expect_any(t.client_label, "sk_stream_write_space");
	live_expect_any(t.client_label, "sock_def_readable");
	TRY(close(t.server));
	TRY(close(t.client));
	live_expect_destroy(t.server_label);
	live_expect_destroy(t.client_label);
	live_tcp_close_listener(&t);
	return live_end();
}
