/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The kernel's types, with only the fields that sockwake reads.
 *
 * CO-RE finds structures and fields by name in the running kernel's BTF, so
 * neither the order nor the padding here means anything, and one short file
 * serves every kernel and architecture.  A structure that changed incompatibly
 * has flavours (name___suffix; libbpf drops the suffix), each headed by the
 * commit or release that made it necessary.
 */
#ifndef SW_VMLINUX_H
#define SW_VMLINUX_H

#include <linux/bpf.h>
#include <linux/types.h>
#include <stdbool.h>

/* A program's own registers are ABI, as the headers of that architecture have them; those of
 * arm64 are here, so that its programs can be compiled on any machine. */
#if defined(__TARGET_ARCH_arm64)
struct user_pt_regs { /* arch/arm64/include/uapi/asm/ptrace.h */
	__u64 regs[31];
	__u64 sp;
	__u64 pc;
	__u64 pstate;
};
#else
#include <asm/ptrace.h>
#endif

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

typedef struct {
	int counter;
} atomic_t;

typedef struct {
	long long counter;
} atomic64_t;

typedef struct {
	atomic_t refs;
} refcount_t;

struct list_head {
	struct list_head *next, *prev;
};

/* One that begins with a number: see WORD_AT() of bpf/read.bpf.h. */
struct timespec64 {
	__s64 tv_sec;
};

struct wait_queue_head {
	struct list_head head;
};

typedef struct wait_queue_head wait_queue_head_t;

struct wait_queue_entry {
	unsigned int flags;
	void *private;
	void *func;
	struct list_head entry;
};

struct socket_wq {
	wait_queue_head_t wait;
	void *fasync_list;
	unsigned long flags;
};

struct ns_common {
	const void *ops;
	unsigned int inum;
};

struct net {
	struct ns_common ns;
	struct list_head list;
	struct list_head dev_base_head;
};

struct nsproxy {
	struct net *net_ns;
};

struct in6_addr {
	union {
		__u8 u6_addr8[16];
		__u32 u6_addr32[4];
	} in6_u;
};

typedef struct {
	struct net *net;
} possible_net_t;

struct sock_common {
	union {
		__u64 skc_addrpair;
		struct {
			__be32 skc_daddr;
			__be32 skc_rcv_saddr;
		};
	};
	union {
		__u32 skc_portpair;
		struct {
			__be16 skc_dport;
			__u16 skc_num;
		};
	};
	unsigned short skc_family;
	volatile unsigned char skc_state;
	possible_net_t skc_net;
	struct in6_addr skc_v6_daddr;
	struct in6_addr skc_v6_rcv_saddr;
	atomic64_t skc_cookie;
	unsigned long skc_flags;
};

struct rtnl_link_ops {
	const char *kind;
};

struct Qdisc {
	void *enqueue;
};

struct net_device {
	char name[16];
	unsigned int flags;
	const struct rtnl_link_ops *rtnl_link_ops;
	struct Qdisc *qdisc;
	struct list_head dev_list;
};

struct sk_buff {
	struct sk_buff *next;
	struct sock *sk;
	struct net_device *dev;
	unsigned char *head;
	unsigned char *data;
	__u16 protocol; /* big-endian */
	__u16 transport_header;
	unsigned int napi_id;
	unsigned int len;
	unsigned int truesize;
	int alloc_cpu; /* since 5.19; see on_wfree() */
	char cb[48];
};

struct sk_buff_head {
	struct sk_buff *next;
	struct sk_buff *prev;
	__u32 qlen;
};

struct callback_head {
	struct callback_head *next;
};

struct sock {
	struct sock_common __sk_common;
	struct sk_buff_head sk_receive_queue;
	struct sk_buff_head sk_error_queue;
	struct {
		atomic_t rmem_alloc;
		int len;
	} sk_backlog;
	struct {
		int owned; /* a task holds it locked */
	} sk_lock;
	struct socket_wq *sk_wq;
	struct socket *sk_socket;
	refcount_t sk_wmem_alloc;
	int sk_sndbuf;
	int sk_err;
	__u16 sk_protocol;
	__u8 sk_shutdown;
	__u16 sk_type;
	__u32 sk_ack_backlog;
	__u32 sk_max_ack_backlog;
	void *sk_write_space;
	struct callback_head sk_rcu;
};

/* 6.18, commit 5d6b58c932ec ("net: lockless sock_i_ino()"): the inode number
 * is kept in the sock; u64 from 7.3, unsigned long before. */
struct sock___ino {
	unsigned long sk_ino;
};

enum sock_flags { SOCK_DEAD, SOCK_DONE, SOCK_RCU_FREE = 23 };

struct inode {
	unsigned short i_mode;
	unsigned long i_ino;
};

/* Until 6.12 the owner is a part of the file; then a pointer, commit
 * 1934b212615d ("file: reclaim 24 bytes from f_owner"). */
struct fown_struct {
	void *pid;
};

struct file {
	struct inode *f_inode;
	void *private_data;
	struct fown_struct *f_owner;
};

struct fown_struct___in_file {
	void *pid;
};

struct file___in_file {
	struct fown_struct___in_file f_owner;
};

struct socket {
	unsigned long flags;
	struct file *file;
	struct sock *sk;
	/* by value since 5.3; a pointer before, which sockwake does not run on */
	struct socket_wq wq;
};

struct socket_alloc {
	struct socket socket;
	struct inode vfs_inode;
};

struct inet_sock {
	__be16 inet_sport;
};

struct request_sock {
	struct sock *sk;
};

struct request_sock_queue {
	struct request_sock *rskq_accept_tail;
};

struct inet_connection_sock {
	struct request_sock_queue icsk_accept_queue;
	void *icsk_ulp_data;
};

struct tcp_sock {
	__u64 bytes_received;
	__u32 rcv_nxt;
	__u32 copied_seq;
	__u32 write_seq;
	__u32 snd_una;
	bool is_mptcp;
};

struct tcp_skb_cb {
	__u32 seq;
	__u32 end_seq;
	__u8 tcp_flags; /* u16 since 6.15 */
};

struct sockaddr_un {
	char sun_path[108];
};

struct unix_address {
	int len;
	struct sockaddr_un name[0];
};

struct unix_sock {
	struct unix_address *addr;
	struct sock *peer;
	struct wait_queue_entry peer_wake;
};

struct unix_skb_parms {
	__u32 consumed;
};

/* What its reader has taken over from sk_receive_queue and not read yet. */
struct udp_sock {
	struct sk_buff_head reader_queue;
};

struct mptcp_sock {
	__u64 write_seq;
	__u64 snd_una;
	struct sock *first; /* of a listener: the TCP socket that listens */
	struct sk_buff_head receive_queue; /* until 6.14: as udp_sock's reader_queue */
	__u32 token;
};

struct mptcp_subflow_context {
	struct sock *conn; /* the connection's own */
};

struct mptcp_skb_cb {
	__u32 offset; /* what a reader has taken of it */
};

struct netlink_sock {
	__u32 portid;
	__u32 dst_portid;
};

struct packet_type {
	struct net_device *dev;
};

struct packet_sock {
	int ifindex;
	__be16 num; /* the Ethernet type */
	struct packet_type prot_hook;
};

struct upid {
	int nr;
	struct pid_namespace *ns;
};

struct pid_namespace {
	struct ns_common ns;
};

struct pid {
	unsigned int level;
	struct upid numbers[1];
};

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
};

struct files_struct {
	struct fdtable *fdt;
};

struct task_struct {
	unsigned int flags;
	int pid;
	int tgid;
	char comm[16];
	struct task_struct *group_leader;
	struct nsproxy *nsproxy;
	unsigned long long start_time;
	struct signal_struct *signal;
	struct pid *thread_pid;
	struct files_struct *files;
	unsigned int __state;
	void *stack;
	void *mm;
	int on_cpu; /* both: u8 from 7.3 */
	int on_rq;
};

struct signal_struct {
	atomic_t live; /* threads that have not begun to exit */
};

/* Where thread_info is a part of the task (CONFIG_THREAD_INFO_IN_TASK). */
struct thread_info___x {
	__u32 status; /* x86: TS_COMPAT */
};

struct task_struct___info {
	struct thread_info___x thread_info;
};

/* Before 5.14, commit 2f064a59a11f ("sched: Change task_struct::state"). */
struct task_struct___old_state {
	long state;
};

struct poll_wqueues {
	struct task_struct *polling_task;
	int triggered;
};

struct eventpoll {
	wait_queue_head_t wq;
	wait_queue_head_t poll_wait;
	struct list_head rdllist;
};

struct epoll_filefd {
	struct file *file;
};

struct epitem {
	struct list_head rdllink;
	struct epoll_filefd ffd;
	struct eventpoll *ep;
};

struct eppoll_entry {
	struct epitem *base;
	struct wait_queue_entry wait;
};

/* inet_csk_accept()'s second argument since 6.10, commit 92ef0fd55ac8 ("net:
 * change proto and proto_ops accept type"). */
struct proto_accept_arg {
	int flags;
	int err;
};

/* How perf's kprobes are kept (kernel/trace/trace_kprobe.c, trace_probe.h):
 * the only place where the kernel counts the probes that it missed. */
struct trace_event_call {
	int flags;
};

struct trace_probe_event {
	struct trace_event_call call;
	struct list_head probes;
};

struct trace_probe {
	struct list_head list;
};

struct kprobe {
	unsigned long nmissed;
};

struct kretprobe {
	struct kprobe kp;
};

struct trace_kprobe {
	struct kretprobe rp;
	unsigned long *nhit; /* one for each CPU */
	struct trace_probe tp;
};

struct perf_event {
	struct trace_event_call *tp_event;
};

#pragma clang attribute pop

#endif
