// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * verify [--allow-lost] EXPECTED TRACE: does the trace hold what the program
 * that printed EXPECTED did, and nothing else of its sockets?
 *
 * Of the trace itself it checks that every line is as promised, and that the
 * ledger adds up.  EXPECTED may be /dev/null: then that is all.
 *
 * Exit status: 0 yes, 1 no, 2 something cannot be read, 77 no expectation is on
 * a hook that was attached.
 */
#include "verify.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WAIT_HOOK "wait"
#define ACCEPT_HOOK "inet_csk_wait_for_connect"
#define DESTROY_HOOK "sk_destruct"
#define MAX_SHOWN 5 /* events shown of a kind that are too many */

static unsigned int problems;

void problem(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
	putchar('\n');
	problems++;
}

static _Noreturn void unreadable(const char *file, unsigned long number, const char *why)
{
	fflush(stdout);
	fprintf(stderr, "verify: %s:%lu: %s\n", file, number, why);
	exit(2);
}

const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

json_int_t number_of(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

static bool is_event(const struct line *l)
{
	return !strcmp(l->type, "wakeup") || !strcmp(l->type, "wait") || !strcmp(l->type, "destroy");
}

static void load(struct lines *to, const char *file)
{
	FILE *f = fopen(file, "r");
	size_t size = 0, room = 0;
	char *text = NULL;
	ssize_t len;

	to->file = file;
	if (!f)
		unreadable(file, 0, "cannot be opened");
	while ((len = getline(&text, &size, f)) > 0) {
		struct line *l;
		json_error_t error;

		if (to->count == room) {
			room = room ? 2 * room : 1024;
			to->line = realloc(to->line, room * sizeof(*to->line));
			if (!to->line)
				unreadable(file, to->count, "no memory");
		}
		l = &to->line[to->count++];
		*l = (struct line){.number = to->count};
		if (text[len - 1] != '\n')
			unreadable(file, l->number, "the last line has no end");
		l->object = json_loads(text, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
		if (!json_is_object(l->object))
			unreadable(file, l->number, l->object ? "not an object" : error.text);
		l->type = text_of(l->object, "type");
	}
	if (ferror(f))
		unreadable(file, to->count, "cannot be read");
	free(text);
	fclose(f);
}

/* ---- lines as promised ---- */

/* Types: i integer, s string, b boolean, o object, a array. */
static bool has_type(const json_t *value, char type)
{
	switch (type) {
	case 'i': return json_is_integer(value);
	case 's': return json_is_string(value);
	case 'b': return json_is_boolean(value);
	case 'o': return json_is_object(value);
	default: return json_is_array(value);
	}
}

/* `keys`: "i:ts s:callback …" */
void check_keys(const struct line *l, const json_t *object, const char *keys)
{
	char *copy = strdup(keys), *rest = copy, *word;

	while ((word = strsep(&rest, " "))) {
		const json_t *value = json_object_get(object, word + 2);

		if (!value)
			problem("line %lu (%s): there is no \"%s\"", l->number, l->type, word + 2);
		else if (!has_type(value, *word))
			problem("line %lu (%s): \"%s\" is of another type", l->number, l->type,
				word + 2);
	}
	free(copy);
}

static bool is_attached(const json_t *hook)
{
	const char *attach = text_of(hook, "attach");

	return *attach && strcmp(attach, "none");
}

static void check_hooks(const struct line *l, const char *keys, const char *keys_if_attached)
{
	const json_t *hook;
	size_t i;

	json_array_foreach (json_object_get(l->object, "hooks"), i, hook) {
		check_keys(l, hook, keys);
		if (keys_if_attached && is_attached(hook))
			check_keys(l, hook, keys_if_attached);
	}
}

/* Of a socket whose names were lost only the number is told. */
static void check_socket_keys(const struct line *l)
{
	const json_t *known = json_object_get(l->object, "known");

	check_keys(l, l->object, "i:socket i:inode");
	if (!json_is_false(known))
		check_keys(l, l->object, "s:family s:proto s:local s:remote i:netns");
}

/* Only connections, and what listens for them, have one. */
static void check_state(const struct line *l)
{
	static const char *const with[] = {"tcp",  "mptcp",  "sctp",
					   "dccp", "stream", "seqpacket"};
	const char *proto = text_of(l->object, "proto");

	for (size_t i = 0; i < sizeof(with) / sizeof(*with); i++) {
		if (!strcmp(proto, with[i])) {
			check_keys(l, l->object, "s:state");
			return;
		}
	}
	if (json_object_get(l->object, "state"))
		problem("line %lu (%s): %s has no state", l->number, l->type, proto);
}

static void check_wakeup(const struct line *l)
{
	check_socket_keys(l);
	check_keys(l, l->object,
		   "i:ts i:cpu s:callback s:cause o:waker i:waiters i:exclusive "
		   "i:rx_queued i:tx_queued");
	check_state(l);
	check_keys(l, json_object_get(l->object, "waker"), "i:pid i:tid s:comm s:context s:role");
	if (!strcmp(text_of(l->object, "state"), "LISTEN"))
		check_keys(l, l->object, "i:backlog i:backlog_max");
	if (!strcmp(text_of(l->object, "cause"), "async"))
		check_keys(l, l->object, "s:how s:signal s:band b:signalled");
}

/* By the scheduler alone, waits are seen and what their calls return is not. */
static bool results_seen;

/* Waits in accept(2) of TCP are told apart from all others, by another hook. */
static bool is_other_wait(const json_t *wait)
{
	return !strcmp(text_of(wait, "callback"), WAIT_HOOK);
}

static void check_line(const struct line *l)
{
	if (!strcmp(l->type, "header")) {
		check_keys(l, l->object,
			   "s:version s:host s:kernel s:arch i:monotonic_ns i:realtime_ns a:hooks");
		check_hooks(l, "s:name s:attach", "s:target");
	} else if (!strcmp(l->type, "wakeup")) {
		check_wakeup(l);
	} else if (!strcmp(l->type, "wait")) {
		check_socket_keys(l);
		check_keys(l, l->object,
			   "i:ts i:end i:duration_ns s:op b:waited i:pid i:tid s:comm");
		if (results_seen && !is_other_wait(l->object))
			check_keys(l, l->object, "i:result");
		if (number_of(l->object, "end") - number_of(l->object, "ts") !=
		    number_of(l->object, "duration_ns"))
			problem("line %lu (wait): end - ts is not duration_ns", l->number);
		if (number_of(l->object, "duration_ns") < 0)
			problem("line %lu (wait): it ends before it begins", l->number);
	} else if (!strcmp(l->type, "destroy")) {
		check_keys(l, l->object, "i:ts i:socket");
	} else if (!strcmp(l->type, "summary")) {
		check_keys(l, l->object,
			   "o:events i:hits i:delivered i:filtered o:lost a:hooks b:complete");
		check_hooks(l, "s:name s:attach i:hits i:delivered i:filtered o:lost", NULL);
	}
	check_cause_keys(l);
}

static void check_lines(const struct lines *trace)
{
	const struct line *before = NULL;

	for (size_t i = 0; i < trace->count; i++) {
		const struct line *l = &trace->line[i];

		if (!*l->type)
			problem("line %lu: there is no \"type\"", l->number);
		if ((i == 0) != !strcmp(l->type, "header"))
			problem("line %lu: the header is the first line, and no other", l->number);
		if ((i == trace->count - 1) != !strcmp(l->type, "summary"))
			problem("line %lu: the summary is the last line, and no other", l->number);
		check_line(l);
		/* A wait is told when the call returns; it was over before that. */
		if (!is_event(l) || !strcmp(l->type, "wait"))
			continue;
		if (before && number_of(l->object, "ts") < number_of(before->object, "ts"))
			problem("line %lu: earlier than line %lu", l->number, before->number);
		before = l;
	}
}

/* ---- the ledger ---- */

static json_int_t sum(const json_t *losses)
{
	const json_t *value;
	const char *cause;
	json_int_t all = 0;

	json_object_foreach ((json_t *)losses, cause, value)
		all += json_integer_value(value);
	return all;
}

static void check_sum(const char *of, const json_t *ledger)
{
	json_int_t lost = sum(json_object_get(ledger, "lost"));

	if (number_of(ledger, "delivered") + number_of(ledger, "filtered") + lost !=
	    number_of(ledger, "hits"))
		problem("ledger of %s: %lld delivered + %lld filtered + %lld lost != %lld hits", of,
			(long long)number_of(ledger, "delivered"),
			(long long)number_of(ledger, "filtered"), (long long)lost,
			(long long)number_of(ledger, "hits"));
}

/* Records that are no events of their own: a wake-up's tasks are on its line. */
static size_t records_told(const struct line *l, const char *hook)
{
	bool woken = !hook || !strcmp(hook, "woken");
	size_t n = 0;

	if (woken && !strcmp(l->type, "wakeup"))
		n += json_array_size(json_object_get(l->object, "woken"));
	n += woken && !strcmp(l->type, "woken");
	n += (!hook || !strcmp(hook, "run")) && !strcmp(l->type, "run");
	n += (!hook || !strcmp(hook, "io")) && !strcmp(l->type, "io");
	return n;
}

static size_t lines_of_hook(const struct lines *trace, const char *hook)
{
	size_t n = 0;

	for (size_t i = 0; i < trace->count; i++) {
		const struct line *l = &trace->line[i];
		const char *callback = text_of(l->object, "callback");

		/* Only a wake-up has to say by which function it was seen. */
		if (!*callback)
			callback = !strcmp(l->type, "destroy") ? DESTROY_HOOK :
				   !strcmp(l->type, "wait")    ? ACCEPT_HOOK :
								 "";
		n += is_event(l) && !strcmp(callback, hook);
		n += records_told(l, hook);
	}
	return n;
}

static void check_ledger(const struct lines *trace, const json_t *summary)
{
	json_int_t hits = 0, delivered = 0, filtered = 0, lost = sum(json_object_get(summary, "lost"));
	json_int_t hooks_lost = 0;
	const json_t *hook;
	size_t i, events = 0;

	check_sum("all", summary);
	json_array_foreach (json_object_get(summary, "hooks"), i, hook) {
		const char *name = text_of(hook, "name");
		size_t n = lines_of_hook(trace, name);

		check_sum(name, hook);
		if (number_of(hook, "delivered") != (json_int_t)n)
			problem("ledger of %s: %lld delivered, but %zu lines", name,
				(long long)number_of(hook, "delivered"), n);
		hits += number_of(hook, "hits");
		delivered += number_of(hook, "delivered");
		filtered += number_of(hook, "filtered");
		hooks_lost += sum(json_object_get(hook, "lost"));
	}
	if (hits != number_of(summary, "hits") || delivered != number_of(summary, "delivered") ||
	    filtered != number_of(summary, "filtered") || hooks_lost != lost)
		problem("ledger: the hooks' sums are %lld hits, %lld delivered, %lld filtered, "
			"%lld lost; the total says %lld, %lld, %lld, %lld",
			(long long)hits, (long long)delivered, (long long)filtered,
			(long long)hooks_lost, (long long)number_of(summary, "hits"),
			(long long)number_of(summary, "delivered"),
			(long long)number_of(summary, "filtered"), (long long)lost);
	for (i = 0; i < trace->count; i++)
		events += is_event(&trace->line[i]) + records_told(&trace->line[i], NULL);
	if ((json_int_t)events != number_of(summary, "delivered"))
		problem("ledger: %lld delivered, but %zu lines",
			(long long)number_of(summary, "delivered"), events);
	if (json_is_true(json_object_get(summary, "complete")) !=
	    (!lost && !number_of(summary, "malformed")))
		problem("ledger: \"complete\" is wrong: %lld were lost", (long long)lost);
}

/* ---- hooks ---- */

static const json_t *hook_of(const json_t *object, const char *name)
{
	const json_t *hook;
	size_t i;

	json_array_foreach (json_object_get(object, "hooks"), i, hook)
		if (!strcmp(text_of(hook, "name"), name))
			return hook;
	return NULL;
}

/* The hook has the name of the records. */
static bool is_told(const char *type)
{
	return !strcmp(type, "woken") || !strcmp(type, "run") || !strcmp(type, "io");
}

static const char *hook_name(const json_t *expectation)
{
	const char *type = text_of(expectation, "expect");

	return !strcmp(type, "wait") ? (!strcmp(text_of(expectation, "op"), "accept") &&
						!is_other_wait(expectation) ?
						ACCEPT_HOOK :
						WAIT_HOOK) :
	       is_told(type)	     ? type :
	       !strcmp(type, "finding") ? "woken" :
	       !strcmp(type, "destroy") ? DESTROY_HOOK :
					  text_of(expectation, "callback");
}

/* ---- expectations ---- */

/* A member's value as expected: the same, for a text that ends in "*" what begins so,
 * one of an array's, or an object that has such members among others. */
static bool fits(const json_t *expected, const json_t *value)
{
	const char *text = json_string_value(expected);
	const json_t *one;
	size_t i, len = text ? strlen(text) : 0;

	if (json_is_object(expected))
		return json_is_object(value) && members_fit(expected, value);
	if (len && text[len - 1] == '*' && json_is_string(value))
		return !strncmp(text, json_string_value(value), len - 1);
	if (!json_is_array(expected))
		return json_equal(expected, value);
	json_array_foreach (expected, i, one)
		if (json_equal(one, value))
			return true;
	return false;
}

static bool is_matched_otherwise(const char *key)
{
	static const char *const keys[] = {"expect", "socket", "count", "min", "max",
					   "least_ns"};

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (!strcmp(key, keys[i]))
			return true;
	return false;
}

bool members_fit(const json_t *expectation, const json_t *object)
{
	const json_t *value;
	const char *key;

	json_object_foreach ((json_t *)expectation, key, value)
		if (!is_matched_otherwise(key) && !fits(value, json_object_get(object, key)))
			return false;
	return true;
}

static bool matches(const json_t *expectation, const struct line *l)
{
	if (strcmp(l->type, text_of(expectation, "expect")) ||
	    !members_fit(expectation, l->object))
		return false;
	/* Of a wait, a finding, or a run: at least so long. */
	if (!json_object_get(expectation, "least_ns"))
		return true;
	return number_of(l->object, !strcmp(l->type, "wait") ? "duration_ns" :
				    !strcmp(l->type, "run")  ? "delay_ns" :
							       "worst") >=
	       number_of(expectation, "least_ns");
}

static bool is_listed(const json_int_t *list, size_t n, json_int_t value)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == value)
			return true;
	return false;
}

static bool destroyed_before(const struct lines *trace, json_int_t id, size_t end)
{
	for (size_t i = 0; i < end; i++)
		if (!strcmp(trace->line[i].type, "destroy") &&
		    number_of(trace->line[i].object, "socket") == id)
			return true;
	return false;
}

/* The TCP below an MPTCP socket belongs to the same file. */
static bool is_subflow(const json_t *socket, const json_t *object)
{
	return !strcmp(text_of(socket, "proto"), "mptcp") &&
	       !strcmp(text_of(object, "proto"), "tcp");
}

/* The trace's id of the socket with the declared inode; 0 when it has none. */
static json_int_t find_id(const struct lines *trace, const char *label, const json_t *socket)
{
	json_int_t inode = number_of(socket, "inode");
	json_int_t ids[16];
	size_t n = 0;

	for (size_t i = 0; i < trace->count; i++) {
		const json_t *object = trace->line[i].object;
		json_int_t id = number_of(object, "socket");

		if (!is_event(&trace->line[i]) || number_of(object, "inode") != inode ||
		    is_subflow(socket, object) || is_listed(ids, n, id))
			continue;
		/* An inode number is given out again once it is free. */
		if (n && !destroyed_before(trace, ids[n - 1], i))
			problem("%s: inode %lld is of the sockets %lld and %lld (line %lu)", label,
				(long long)inode, (long long)ids[n - 1], (long long)id,
				trace->line[i].number);
		if (n == sizeof(ids) / sizeof(*ids))
			break;
		ids[n++] = id;
	}
	return n ? ids[n - 1] : 0;
}

/* What else the declaration says must be so in every event with the inode. */
static void check_declared(const struct lines *trace, const json_t *socket, json_int_t id)
{
	const char *key;
	const json_t *value;

	for (size_t i = 0; i < trace->count; i++) {
		const json_t *object = trace->line[i].object;

		if (!is_event(&trace->line[i]) || number_of(object, "socket") != id ||
		    number_of(object, "inode") != number_of(socket, "inode"))
			continue;
		json_object_foreach ((json_t *)socket, key, value) {
			const json_t *is = json_object_get(object, key);
			char *told;

			if (!strcmp(key, "socket") || !is || fits(value, is))
				continue;
			told = json_dumps(is, JSON_ENCODE_ANY);
			problem("%s: \"%s\" is %s on line %lu, not \"%s\"", text_of(socket, "socket"),
				key, told, trace->line[i].number, json_string_value(value));
			free(told);
			return;
		}
	}
}

static unsigned int members(const json_t *expectation)
{
	return (unsigned int)json_object_size(expectation);
}

static void describe(const json_t *expectation)
{
	char *text = json_dumps(expectation, JSON_COMPACT);

	printf("  expected %s\n", text);
	free(text);
}

/*
 * Gives events of the socket to the expectation.  Those with more members come
 * first: what they leave is for the more general ones.
 */
static json_int_t take(struct lines *trace, json_int_t id, const json_t *expectation, json_int_t max)
{
	json_int_t n = 0;

	for (size_t i = 0; i < trace->count && n < max; i++) {
		struct line *l = &trace->line[i];

		if (l->used || number_of(l->object, "socket") != id || !matches(expectation, l))
			continue;
		l->used = true;
		n++;
	}
	return n;
}

/* A tracepoint that stands in for a callback shows other calls, or fewer. */
static bool is_approximate(const json_t *hook)
{
	return json_is_false(json_object_get(hook, "exact")) &&
	       !strcmp(text_of(hook, "attach"), "tracepoint");
}

/* A trampoline that can be preempted skips calls, and tells how many. */
static bool is_lossy(const json_t *hook)
{
	return json_is_false(json_object_get(hook, "exact")) &&
	       !strcmp(text_of(hook, "attach"), "fentry");
}

static bool seen(const json_t *header, const json_t *expectation)
{
	const json_t *hook = hook_of(header, hook_name(expectation));
	const char *callback = text_of(expectation, "callback");

	if (!is_attached(hook))
		return false;
	/* Who was woken is told of the callbacks that are seen. */
	/* Some are told by their callback alone, if its end is seen. */
	if (json_is_false(json_object_get(expectation, "confirmed")) && is_approximate(hook))
		return false;
	if (is_told(text_of(expectation, "expect")))
		return !*callback || (is_attached(hook_of(header, callback)) &&
				      !is_approximate(hook_of(header, callback)));
	if (!strcmp(hook_name(expectation), WAIT_HOOK) ||
	    !strcmp(text_of(expectation, "expect"), "finding"))
		return true;
	return !is_approximate(hook);
}

struct check {
	const json_t *header, *summary;
	struct lines *expected, *trace;
	bool allow_lost;
	unsigned int checked, left_out;
};

static void check_expectation(struct check *c, const json_t *socket, json_int_t id, const json_t *e)
{
	const char *label = text_of(socket, "socket");
	const json_t *count = json_object_get(e, "count"), *upper = json_object_get(e, "max");
	json_int_t min = count ? json_integer_value(count) : number_of(e, "min");
	json_int_t max = count ? min : upper ? json_integer_value(upper) : 1LL << 62;
	json_int_t spare = 0, n;

	if (!seen(c->header, e)) {
		printf("%s: %s is not attached: left out\n", label, hook_name(e));
		c->left_out++;
		return;
	}
	if (!strcmp(text_of(e, "expect"), "woken"))
		n = count_woken(c->trace, id, e);
	else
		n = id ? take(c->trace, id, e, max) : 0;
	c->checked++;
	if (n > max) {
		problem("%s: %s: expected %lld, got %lld", label, hook_name(e), (long long)max,
			(long long)n);
		describe(e);
	}
	if (c->allow_lost || is_lossy(hook_of(c->header, hook_name(e))))
		spare = sum(json_object_get(hook_of(c->summary, hook_name(e)), "lost"));
	if (n + spare >= min)
		return;
	problem("%s: %s: expected %lld, got %lld; %lld of the hook's hits are told as lost", label,
		hook_name(e), (long long)min, (long long)n,
		(long long)sum(json_object_get(hook_of(c->summary, hook_name(e)), "lost")));
	describe(e);
}

static void check_surplus(const struct lines *trace, const char *label, json_int_t id)
{
	unsigned int n = 0;

	for (size_t i = 0; i < trace->count; i++) {
		const struct line *l = &trace->line[i];
		char *text;

		if (l->used || !is_event(l) || number_of(l->object, "socket") != id)
			continue;
		/* How often a task sleeps is the scheduler's affair: what is expected of
		 * waits is there, and more of them are no fault. */
		if (!strcmp(l->type, "wait") && is_other_wait(l->object))
			continue;
		if (is_approximate(hook_of(trace->line[0].object, text_of(l->object, "callback"))))
			continue;
		if (++n > MAX_SHOWN)
			continue;
		text = json_dumps(l->object, JSON_COMPACT);
		problem("%s: not expected: line %lu: %s", label, l->number, text);
		free(text);
	}
	if (n > MAX_SHOWN)
		printf("%s: and %u more\n", label, n - MAX_SHOWN);
}

/* Whether a trace can know the socket: an end alone does not name it. */
static bool is_visible(const struct check *c, const json_t *socket)
{
	for (size_t i = 0; i < c->expected->count; i++) {
		const json_t *e = c->expected->line[i].object;

		if (json_equal(json_object_get(e, "socket"), json_object_get(socket, "socket")) &&
		    *text_of(e, "expect") && strcmp(text_of(e, "expect"), "destroy") &&
		    seen(c->header, e))
			return true;
	}
	return false;
}

static void check_socket(struct check *c, const json_t *socket)
{
	const char *label = text_of(socket, "socket");
	json_int_t id = find_id(c->trace, label, socket);
	unsigned int most = 0;

	if (!id && !is_visible(c, socket)) {
		printf("%s: nothing in this trace can name it: left out\n", label);
		c->left_out++;
		return;
	}
	if (!id && !c->allow_lost)
		problem("%s: the trace has no socket with the inode %lld", label,
			(long long)number_of(socket, "inode"));
	if (id)
		check_declared(c->trace, socket, id);
	for (size_t i = 0; i < c->expected->count; i++)
		if (members(c->expected->line[i].object) > most)
			most = members(c->expected->line[i].object);
	for (; most; most--) {
		for (size_t i = 0; i < c->expected->count; i++) {
			const json_t *e = c->expected->line[i].object;

			if (members(e) == most && *text_of(e, "expect") &&
			    !strcmp(text_of(e, "socket"), label))
				check_expectation(c, socket, id, e);
		}
	}
	if (id)
		check_surplus(c->trace, label, id);
}

int main(int argc, char **argv)
{
	struct lines expected = {0}, trace = {0};
	struct check c = {.expected = &expected, .trace = &trace};
	int arg = 1;

	if (arg < argc && !strcmp(argv[arg], "--allow-lost")) {
		c.allow_lost = true;
		arg++;
	}
	if (argc - arg != 2) {
		fprintf(stderr, "usage: verify [--allow-lost] EXPECTED TRACE\n");
		return 2;
	}
	load(&expected, argv[arg]);
	load(&trace, argv[arg + 1]);
	if (!trace.count || strcmp(trace.line[0].type, "header"))
		unreadable(trace.file, 1, "it does not begin with a header");
	if (strcmp(trace.line[trace.count - 1].type, "summary"))
		unreadable(trace.file, trace.count, "it does not end with a summary");
	c.header = trace.line[0].object;
	c.summary = trace.line[trace.count - 1].object;

	results_seen = strcmp(text_of(hook_of(c.header, ACCEPT_HOOK), "target"), "sched_switch") != 0;
	check_lines(&trace);
	check_ledger(&trace, c.summary);
	check_causes(&trace);
	for (size_t i = 0; i < expected.count; i++)
		if (!*text_of(expected.line[i].object, "expect"))
			check_socket(&c, expected.line[i].object);
	if (problems)
		printf("%u problems\n", problems);
	if (problems)
		return 1;
	return expected.count && !c.checked && c.left_out ? 77 : 0;
}
