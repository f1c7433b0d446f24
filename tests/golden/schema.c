// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * schema FILE: prints the JSON Schema in FILE with the definitions of events' lines as the
 * rows of src/render/members.h have them.  All else is as it is in FILE.
 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "render/members.h"
#include "render/words.h"

struct definition {
	json_t *properties, *required;
	json_t *together; /* by condition: the keys that are there on it */
	bool named;	  /* it has all that names a socket */
};

static void is_there(struct definition *d, const char *key, json_t *what, const char *when)
{
	json_object_set_new(d->properties, key, what);
	if (!strcmp(when, "ALWAYS")) {
		json_array_append_new(d->required, json_string(key));
		return;
	}
	if (!json_object_get(d->together, when))
		json_object_set_new(d->together, when, json_array());
	json_array_append_new(json_object_get(d->together, when), json_string(key));
}

static json_t *number(int least)
{
	return json_pack("{s:s, s:i}", "type", "integer", "minimum", least);
}

static json_t *string(void)
{
	return json_pack("{s:s}", "type", "string");
}

static json_t *words(const char *(*name)(unsigned int), unsigned int n)
{
	json_t *all = json_array();

	for (unsigned int i = 0; i < n; i++)
		json_array_append_new(all, json_string(name(i)));
	return json_pack("{s:o}", "enum", all);
}

static void task(struct definition *d, const char *when)
{
	is_there(d, "pid", number(0), when);
	is_there(d, "tid", number(0), when);
	is_there(d, "comm", string(), when);
}

static void stacks(struct definition *d)
{
	is_there(d, "kernel_stack", json_pack("{s:s}", "$ref", "#/$defs/stack"), "kernel");
	is_there(d, "user_stack", json_pack("{s:s}", "$ref", "#/$defs/stack"), "user");
}

static void named(struct definition *d)
{
	static const char *const names[] = {"family", "proto", "local", "remote"};

	is_there(d, "socket", number(0), "ALWAYS");
	is_there(d, "cookie", number(0), "cookie");
	is_there(d, "inode", number(0), "ALWAYS");
	for (unsigned int i = 0; i < sizeof(names) / sizeof(*names); i++)
		json_object_set_new(d->properties, names[i], string());
	json_object_set_new(d->properties, "netns", number(0));
	json_object_set_new(d->properties, "known", json_pack("{s:b}", "const", 0));
	d->named = true;
}

/* Either its names are known, or it says that they are not. */
static json_t *names_or_none(void)
{
	json_t *none = json_object();

	json_object_set_new(none, "description", json_string("its names were lost"));
	json_object_set_new(none, "required", json_pack("[s]", "known"));
	json_object_set_new(none, "properties",
			    json_pack("{s:b, s:b, s:b, s:b, s:b}", "family", 0, "proto", 0, "local",
				      0, "remote", 0, "netns", 0));
	return json_pack("[o, {s:[s, s, s, s, s], s:{s:b}}]", none, "required", "family", "proto",
			 "local", "remote", "netns", "properties", "known", 0);
}

/* What is there on the same condition is there together. */
static json_t *dependences(const struct definition *d)
{
	json_t *all = json_object(), *keys;
	const char *when;

	json_object_foreach(d->together, when, keys)
		for (size_t i = 0; json_array_size(keys) > 1 && i < json_array_size(keys); i++) {
			json_t *others = json_copy(keys);

			json_array_remove(others, i);
			json_object_set_new(all, json_string_value(json_array_get(keys, i)), others);
		}
	return all;
}

static struct definition begun(const char *type)
{
	struct definition d = {json_object(), json_array(), json_object(), false};

	if (type)
		is_there(&d, "type", json_pack("{s:s}", "const", type), "ALWAYS");
	return d;
}

static void end(json_t *defs, const char *name, struct definition *d)
{
	json_t *def = json_object_get(defs, name), *together = dependences(d);

	json_object_set_new(def, "required", d->required);
	json_object_set_new(def, "properties", d->properties);
	json_object_del(def, "dependentRequired");
	json_object_del(def, "oneOf");
	json_object_del(def, "additionalProperties");
	if (json_object_size(together))
		json_object_set(def, "dependentRequired", together);
	if (d->named)
		json_object_set_new(def, "oneOf", names_or_none());
	json_object_set_new(def, "additionalProperties", json_false());
	json_decref(together);
	json_decref(d->together);
}

/* At least 1 where it is there if it is not 0. */
#define IS_NUMBER(d, key, value, when) is_there(d, key, number(!strcmp(value, when)), when)
#define IS_SIGNED(d, key, value, when) is_there(d, key, json_pack("{s:s}", "type", "integer"), when)
#define IS_HOOK(d, key, value, when)   is_there(d, key, string(), when)
#define IS_OP(d, key, value, when)     is_there(d, key, words(sw_op_name, SW_OP_COUNT), when)
#define IS_ENDED(d, key, value, when)  is_there(d, key, words(sw_ended_name, SW_ENDED_COUNT), when)
#define IS_VIA(d, key, value, when)    is_there(d, key, words(sw_via_name, SW_VIA_COUNT), when)
#define IS_BOOL(d, key, value, when)   is_there(d, key, json_pack("{s:s}", "type", "boolean"), when)
#define IS_TRUE(d, key, value, when)   is_there(d, key, json_pack("{s:b}", "const", 1), when)
#define IS_FALSE(d, key, value, when)  is_there(d, key, json_pack("{s:b}", "const", 0), when)
#define IS_TASK(d, key, value, when)   task(d, when)
#define IS_SOCKET(d, key, value, when) is_there(d, "socket", number(0), when)
#define IS_NAMED(d, key, value, when)  named(d)
#define IS_STACKS(d, key, value, when) stacks(d)
#define IS_ABSENT(d, key, value, when)
#define MEMBER(form, key, column, value, when, meaning)                                         \
	{                                                                                       \
		IS_##form(&d, #key, #value, #when);                                             \
		if (*meaning)                                                                   \
			json_object_set_new(json_object_get(d.properties, #key), "description", \
					    json_string(meaning));                              \
	}

#define DEFINE(name, type, members)                   \
	{                                             \
		struct definition d = begun(type);    \
                                                      \
		members(MEMBER)                       \
		end(defs, name, &d);                  \
	}

int main(int argc, char **argv)
{
	json_error_t error;
	json_t *schema = argc == 2 ? json_load_file(argv[1], 0, &error) : NULL;
	json_t *defs = json_object_get(schema, "$defs");

	if (!defs) {
		fprintf(stderr, "usage: schema FILE\n");
		return 2;
	}
	DEFINE("woken_task", NULL, SW_WOKEN_TASK_MEMBERS)
	DEFINE("woken", "woken", SW_WOKEN_MEMBERS)
	DEFINE("run", "run", SW_RUN_MEMBERS)
	DEFINE("io", "io", SW_IO_MEMBERS)
	DEFINE("wait", "wait", SW_WAIT_MEMBERS)
	DEFINE("destroy", "destroy", SW_DESTROY_MEMBERS)
	if (json_dumpf(schema, stdout, JSON_INDENT(1)))
		return 1;
	putchar('\n');
	json_decref(schema);
	return fflush(stdout) || ferror(stdout);
}
