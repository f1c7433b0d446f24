// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* vsock over loopback: a connection's ends are cids and ports. */
#include <errno.h>
#include <linux/vm_sockets.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "live.h"

static const char *const callbacks[] = {"sock_def_readable", "sock_def_wakeup",
					"sock_def_write_space", "sock_def_error_report"};

static void close_declared(const char *label, int fd)
{
	for (size_t i = 0; i < sizeof(callbacks) / sizeof(*callbacks); i++)
		live_expect_any(label, callbacks[i]);
	TRY(close(fd));
	live_expect_destroy(label);
}

static void connection(int type, const char *const labels[3])
{
	struct sockaddr_vm to = {.svm_family = AF_VSOCK,
				 .svm_cid = VMADDR_CID_LOCAL,
				 .svm_port = VMADDR_PORT_ANY};
	int listener = socket(AF_VSOCK, type | SOCK_CLOEXEC, 0), client, server;
	socklen_t len = sizeof(to);
	struct live_reader r;

	if (listener < 0 && (errno == EAFNOSUPPORT || errno == ESOCKTNOSUPPORT))
		live_skip("no vsock here");
	TRY(listener);
	if (bind(listener, (struct sockaddr *)&to, sizeof(to)))
		live_skip("no vsock over loopback here");
	TRY(getsockname(listener, (struct sockaddr *)&to, &len));
	TRY(listen(listener, 4));
	live_declare(labels[0], listener);
	client = TRY(socket(AF_VSOCK, type | SOCK_CLOEXEC, 0));
	TRY(connect(client, (struct sockaddr *)&to, sizeof(to)));
	live_declare(labels[1], client);
	server = TRY(accept4(listener, NULL, NULL, SOCK_CLOEXEC));
	live_declare(labels[2], server);
	live_reader_start(&r, server);
	live_reader_feed(&r, client, 100, 3);
	live_reader_stop(&r, client);
	live_expect_some(labels[2], "sock_def_readable");
	close_declared(labels[1], client);
	close_declared(labels[2], server);
	close_declared(labels[0], listener);
}

int main(void)
{
	live_start();
	connection(SOCK_STREAM, (const char *const[]){"listener", "client", "server"});
	return live_end();
}
