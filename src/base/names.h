/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The kernel's numbers and the names that users know them by.  One table a
 * kind of number; what has no name in it is written as a number.
 */
#ifndef SW_BASE_NAMES_H
#define SW_BASE_NAMES_H

#include <stdint.h>

/* NULL where the number has no name. */
const char *sw_family_name(unsigned int family);    /* AF_*: "inet", "unix" */
const char *sw_type_name(unsigned int type);	    /* SOCK_*: "stream", "dgram" */
const char *sw_inet_proto_name(unsigned int proto); /* IPPROTO_*: "tcp", "mptcp" */
const char *sw_netlink_proto_name(unsigned int p);  /* NETLINK_*: "route" */
const char *sw_ethertype_name(unsigned int type);   /* ETH_P_*: "ip", "arp", "all" */
const char *sw_state_name(unsigned int state);	    /* TCP_*: "ESTABLISHED" */
const char *sw_errno_name(int err);		    /* positive errno: "EAGAIN"; also the
						     * kernel's ERESTARTSYS and kin */
const char *sw_band_name(unsigned int band);	    /* si_code: "POLL_IN" */

/* -ENOENT where the name is unknown. */
int sw_family_number(const char *name, unsigned int *family);
int sw_type_number(const char *name, unsigned int *type);
int sw_inet_proto_number(const char *name, unsigned int *proto);

/* All names of a table in its order, for messages: NULL when i is past the end. */
const char *sw_family_name_at(unsigned int i);
const char *sw_proto_name_at(unsigned int i); /* types, then inet protos; each once */

#endif
