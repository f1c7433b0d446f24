// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "test.h"

#include <jansson.h>

#include "base/json.h"

static json_t *load(const struct sw_buf *b)
{
	json_error_t error;
	json_t *root = json_loadb(b->data, b->len, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES,
				  &error);

	if (!root)
		fail_row(error.position, "%s: %.*s", error.text, (int)b->len, b->data);
	return root;
}

static void test_layout(void **state)
{
	struct sw_buf b = { 0 };
	struct sw_json j = { .out = &b };

	(void)state;
	sw_json__open(&j, NULL, '{');
	sw_json__str(&j, "type", "wakeup");
	sw_json__u64(&j, "ts", UINT64_MAX);
	sw_json__s64(&j, "result", -512);
	sw_json__open(&j, "waker", '{');
	sw_json__u64(&j, "pid", 0);
	sw_json__bool(&j, "yes", true);
	sw_json__bool(&j, "no", false);
	sw_json__close(&j, '}');
	sw_json__open(&j, "woken", '[');
	sw_json__open(&j, NULL, '{');
	sw_json__close(&j, '}');
	sw_json__u64(&j, NULL, 1);
	sw_json__s64(&j, NULL, INT64_MIN);
	sw_json__str(&j, NULL, "x");
	sw_json__bool(&j, NULL, true);
	sw_json__open(&j, NULL, '[');
	sw_json__close(&j, ']');
	sw_json__close(&j, ']');
	sw_json__str(&j, "none", NULL);
	sw_json__close(&j, '}');
	assert_buf(&b, "{\"type\":\"wakeup\",\"ts\":18446744073709551615,\"result\":-512,"
		       "\"waker\":{\"pid\":0,\"yes\":true,\"no\":false},"
		       "\"woken\":[{},1,-9223372036854775808,\"x\",true,[]],\"none\":null}");
	sw_buf__free(&b);
}

static void test_raw(void **state)
{
	static const char members[] = "\"a\":1,\"b\":2";
	struct sw_buf b = { 0 };
	struct sw_json j = { .out = &b };

	(void)state;
	sw_json__open(&j, NULL, '{');
	sw_json__raw(&j, members, strlen(members));
	sw_json__u64(&j, "c", 3);
	sw_json__raw(&j, "", 0);
	sw_json__raw(&j, "\"d\":4", 5);
	sw_json__close(&j, '}');
	assert_buf(&b, "{\"a\":1,\"b\":2,\"c\":3,\"d\":4}");

	/* Nothing between the braces: no comma, either. */
	j = (struct sw_json){ .out = &b };
	sw_json__open(&j, NULL, '{');
	sw_json__raw(&j, NULL, 0);
	sw_json__close(&j, '}');
	assert_buf(&b, "{}");
	sw_buf__free(&b);
}

/* Members are written without a check of the room: at each room that is left. */
static void test_every_room(void **state)
{
	(void)state;
	for (size_t used = 220; used <= 256; used++) {
		struct sw_buf b = { 0 };
		struct sw_json j = { .out = &b };
		char want[400];

		memset(want, ' ', used);
		strcpy(want + used, "{\"key\":12,\"name\":\"v\"}");
		assert_int_equal(sw_buf__reserve(&b, 1), 0);
		assert_int_equal(b.cap, 256);
		sw_buf__put(&b, want, used);
		sw_json__open(&j, NULL, '{');
		sw_json__u64(&j, "key", 12);
		sw_json__str(&j, "name", "v");
		sw_json__close(&j, '}');
		assert_buf(&b, want);
		sw_buf__free(&b);
	}
}

/* Names of strangers, of any bytes, never break the line that they are in. */
static void test_hostile_bytes(void **state)
{
	struct sw_buf b = { 0 };
	uint64_t seed = 11;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct sw_json j = { .out = &b };
		unsigned char comm[16];
		json_t *root;

		for (size_t k = 0; k < sizeof(comm); k++)
			comm[k] = (unsigned char)(test_random(&seed) >> 13);
		sw_json__open(&j, NULL, '{');
		sw_json__bytes(&j, "comm", comm, sizeof(comm));
		sw_json__u64(&j, "after", (uint64_t)i);
		sw_json__close(&j, '}');
		assert_null(memchr(b.data, '\n', b.len));
		root = load(&b);
		assert_int_equal(json_integer_value(json_object_get(root, "after")), i);
		assert_true(json_string_length(json_object_get(root, "comm")) >= 1);
		json_decref(root);
		sw_buf__reset(&b);
	}
	sw_buf__free(&b);
}

static void test_nul_in_bytes(void **state)
{
	struct sw_buf b = { 0 };
	struct sw_json j = { .out = &b };
	json_t *root, *v;

	(void)state;
	sw_json__open(&j, NULL, '[');
	sw_json__bytes(&j, NULL, "a\0\"b", 4);
	sw_json__bytes(&j, NULL, NULL, 0);
	sw_json__str(&j, NULL, "");
	sw_json__close(&j, ']');
	root = load(&b);
	v = json_array_get(root, 0);
	assert_int_equal(json_string_length(v), 4);
	assert_memory_equal(json_string_value(v), "a\0\"b", 4);
	assert_string_equal(json_string_value(json_array_get(root, 1)), "");
	assert_string_equal(json_string_value(json_array_get(root, 2)), "");
	json_decref(root);
	sw_buf__free(&b);
}

/* Random trees, next to jansson's own: what was meant is what is read. */
static json_t *tree(struct sw_json *j, const char *key, uint64_t *seed, int depth)
{
	static const char *const keys[] = { "a", "socket", "wakeup_ts", "" };
	uint64_t r = test_random(seed) >> 8;
	json_t *v;

	switch (depth ? r % 6 : r % 4) {
	case 0:
		sw_json__u64(j, key, r % INT64_MAX);
		return json_integer((json_int_t)(r % INT64_MAX));
	case 1:
		sw_json__s64(j, key, -(int64_t)(r % 1000));
		return json_integer(-(json_int_t)(r % 1000));
	case 2:
		sw_json__bool(j, key, r & 64);
		return json_boolean(r & 64);
	case 3:
		sw_json__str(j, key, r & 64 ? "a \"quoted\"\\\n" : NULL);
		return r & 64 ? json_string("a \"quoted\"\\\n") : json_null();
	case 4:
		v = json_array();
		sw_json__open(j, key, '[');
		for (uint64_t i = 0; i < (r >> 8) % 4; i++)
			json_array_append_new(v, tree(j, NULL, seed, depth - 1));
		sw_json__close(j, ']');
		return v;
	default:
		v = json_object();
		sw_json__open(j, key, '{');
		for (uint64_t i = 0; i < (r >> 8) % 5; i++)
			json_object_set_new(v, keys[i], tree(j, keys[i], seed, depth - 1));
		sw_json__close(j, '}');
		return v;
	}
}

static void test_random_trees(void **state)
{
	struct sw_buf b = { 0 };
	uint64_t seed = 17;

	(void)state;
	for (int i = 0; i < 3000; i++) {
		struct sw_json j = { .out = &b };
		json_t *want, *got;

		sw_json__open(&j, NULL, '[');
		want = tree(&j, NULL, &seed, 6);
		sw_json__close(&j, ']');
		got = load(&b);
		assert_true(json_equal(json_array_get(got, 0), want));
		json_decref(want);
		json_decref(got);
		sw_buf__reset(&b);
	}
	sw_buf__free(&b);
}

/* Whichever allocation fails: no crash, and the buffer says so. */
static void test_out_of_memory(void **state)
{
	(void)state;
	for (unsigned long at = 1; at < 4; at++) {
		struct sw_buf b = { 0 };
		struct sw_json j = { .out = &b };

		alloc_fail_in = at;
		sw_json__open(&j, NULL, '[');
		for (int i = 0; i < 300; i++)
			sw_json__str(&j, NULL, "abc\n");
		sw_json__close(&j, ']');
		assert_true(b.failed);
		assert_int_equal(alloc_fail_in, 0);
		sw_buf__free(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_layout),
		cmocka_unit_test(test_raw),
		cmocka_unit_test(test_every_room),
		cmocka_unit_test(test_hostile_bytes),
		cmocka_unit_test(test_nul_in_bytes),
		cmocka_unit_test(test_random_trees),
		cmocka_unit_test(test_out_of_memory),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
