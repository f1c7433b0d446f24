// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * The page's files, as they are.  html_parts.h is made at build, by html/parts.sh: the
 * list of files, and the hashes of what they come to, by which the page's policy lets
 * that style and that program work, and no other.
 */
#include "html.h"

#include "html_parts.h"

#define PART(name, files)                                                                   \
	__asm__(".pushsection .rodata\n"                                                    \
		".hidden html_" #name "_begin\n.hidden html_" #name "_end\n"                \
		".globl html_" #name "_begin\nhtml_" #name "_begin:\n" files                \
		".globl html_" #name "_end\nhtml_" #name "_end:\n.byte 0\n.popsection\n");  \
	extern const char html_##name##_begin[], html_##name##_end[];                       \
	const struct html_part html_##name = {html_##name##_begin, html_##name##_end}

PART(head, HTML_HEAD_FILES);
PART(style, HTML_STYLE_FILES);
PART(body, HTML_BODY_FILES);
PART(script, HTML_SCRIPT_FILES);

const char html_policy[] =
	"default-src 'none'; base-uri 'none'; form-action 'none'; "
	"style-src '" HTML_STYLE_HASH "'; script-src '" HTML_SCRIPT_HASH "'";
