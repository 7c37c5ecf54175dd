/// The language against Python: every expectation is what Jinja2 3.1 renders, set up as Hugging
/// Face transformers sets it up. "!" marks a template that is rejected; the rest is in the message.
#include <gtest/gtest.h>

#include "text/template/template_case.h"

namespace caracal {
namespace {

TEST(TemplateStatement, loops_and_their_variable) {
  expect_cases({
      {"{% for x in l %}{{ loop.index }}/{{ loop.length }}:{{ x }}{{ ',' if not loop.last }}{% "
       "endfor %}|{% for x in [] %}{% else %}empty{% endfor %}|{% for k, v in d.items() %}{{ k "
       "}}={{ v }};{% endfor %}|{% for x in l if x > 1 %}{{ loop.index0 }}{{ x }}{{ loop.length "
       "}}{{ loop.last }} {% endfor %}",
       "1/3:3,2/3:1,3/3:2|empty|x=1;y=[1, 2];z=None;|032False 122True "},
      {"{% for x in l %}{{ loop.first }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.previtem "
       "}}{{ loop.nextitem }}{{ loop.cycle('a','b') }}{{ loop.changed(x > 1) }}{{ loop.depth }}{{ "
       "loop }} {% endfor %}",
       "True321aTrue1<LoopContext 1/3> False2132bTrue1<LoopContext 2/3> False101aTrue1<LoopContext "
       "3/3> "},
      {"{% for x in range(10) %}{% if x == 3 %}{% continue %}{% endif %}{% if x == 6 %}{% break "
       "%}{% endif %}{{ x }}{% endfor %}|{% for x in [1] %}{% continue %}{% else %}else{% endfor "
       "%}|{% for x in [1] %}{% break %}{% else %}else{% endfor %}",
       "01245|else|else"},
      {"{% for a, (b, c) in [(1, (2, 3))] %}{{ a }}{{ b }}{{ c }}{% endfor %}", "123"},
      {"{% for a, b in [(1, 2, 3)] %}{% endfor %}", "!too many values to unpack (expected 2)"},
      {"{% for a, b in [(1,)] %}{% endfor %}", "!not enough values to unpack (expected 2, got 1)"},
      {"{% for a, b in [1] %}{% endfor %}", "!cannot unpack non-iterable int object"},
      {"{% for x in 5 %}{% endfor %}", "!'int' object is not iterable"},
      {"{% for x in n %}{% endfor %}", "!'NoneType' object is not iterable"},
      {"{% for x in [[1,[2]],[3]] recursive %}{{ loop.depth }}{% if x is iterable %}({{ loop(x) "
       "}}){% else %}{{ x }}{% endif %}{% endfor %}",
       "1(212(32))1(23)"},
  });
}

TEST(TemplateStatement, assignments_are_scoped_as_in_jinja) {
  expect_cases({
      {"{% set x = 1 %}{% for i in [1,2] %}{% set x = x + i %}{{ x }}{% endfor %}{{ x }}|{% set ns "
       "= namespace(x=1) %}{% for i in [1,2] %}{% set ns.x = ns.x + i %}{% endfor %}{{ ns.x }}",
       "231|4"},
      {"{% if a == 1 %}{% set y = 5 %}{% endif %}{{ y }}|{% if a == 2 %}{% set messages = 5 %}{% "
       "endif %}{{ messages|length }}|{% for i in [1] %}{% set q = 1 %}{% endfor %}{{ q is defined "
       "}}",
       "5|2|False"},
      {"{% set a, b = 1, 2 %}{{ a }}{{ b }}{% set (c, e) = (3, 4) %}{{ c }}{{ e }}{% set z = 1, 2 "
       "%}{{ z }}",
       "1234(1, 2)"},
      {"{% set ns = namespace({'a': 1}, b=2) %}{{ ns.a }}{{ ns.b }}{{ ns['a'] }}{{ ns.c is defined "
       "}}{{ ns }}",
       "121False<Namespace {'a': 1, 'b': 2}>"},
      {"{% set s.x = 1 %}", "!cannot assign attribute on non-namespace object"},
      {"{% set zz.x = 1 %}", "!cannot assign attribute on non-namespace object"},
  });
}

TEST(TemplateStatement, blocks_capture_filter_and_bind) {
  expect_cases({
      {"{% set x %}a{{ 1 }}b{% endset %}{{ x }}|{% set y | upper | replace('A', 'Z') %}abca{% "
       "endset %}{{ y }}|{{ x|length }}",
       "a1b|ZBCZ|3"},
      {"{% filter upper %}abc {{ s }}{% endfilter %}|{% filter replace('a', 'b') | trim %} aaa {% "
       "endfilter %}|",
       "ABC HELLO WORLD|bbb|"},
      {"{% with x = 1, y = 2 %}{{ x + y }}{% endwith %}{{ x is defined }}|{% with %}{% set w = 3 "
       "%}{{ w }}{% endwith %}{{ w is defined }}|{% set o = 5 %}{% with o = o + 1, p = o %}{{ o "
       "}}{{ p }}{% endwith %}",
       "3False|3False|65"},
  });
}

TEST(TemplateStatement, macros_and_call_blocks) {
  expect_cases({
      {"{% macro m(x, y=2, z=y) %}[{{ x }}{{ y }}{{ z }}]{% endmacro %}{{ m(1) }}{{ m(1, 3) }}{{ "
       "m(y=5, x=6) }}{{ m() }}{{ m.name }}{{ m.arguments }}{{ m }}",
       "[122][133][655][22]m('x', 'y', 'z')<Macro 'm'>"},
      {"{% macro m(x) %}{% endmacro %}{{ m(1, 2) }}",
       "!macro 'm' takes not more than 1 argument(s)"},
      {"{% macro m(x) %}{% endmacro %}{{ m(q=2) }}", "!macro 'm' takes no keyword argument 'q'"},
      {"{% macro m() %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, 2, k=3) }}",
       "(1, 2){'k': 3}"},
      {"{% macro m(x) %}<{{ caller(x) }}>{% endmacro %}{% call(v) m(5) %}v={{ v }}{% endcall %}|{% "
       "call m(6) %}none{% endcall %}",
       "!macro None takes not more than 0 argument(s)"},
      {"{% macro m(x) %}<{{ caller() }}>{% endmacro %}{{ m(1) }}", "!No caller defined"},
      {"{% macro m(x) %}{{ x }}{% endmacro %}{% call m(1) %}{% endcall %}",
       "!macro 'm' was invoked with two values for the special caller argument. This is most "
       "likely a bug."},
      {"{% macro fact(x) %}{{ 1 if x < 2 else x * (fact(x - 1)|int) }}{% endmacro %}{{ fact(10) }}",
       "3628800"},
      {"{% macro m() %}{{ late }}{% endmacro %}{% set late = 3 %}{{ m() }}|{% for tool in [1] %}{% "
       "macro k() %}{{ tool }}{% endmacro %}{{ k() }}{% endfor %}|{% macro g() %}{{ tool }}{% "
       "endmacro %}{% for tool in [1] %}[{{ g() }}]{% endfor %}",
       "3|1|[]"},
      {"{% macro outer() %}{% macro inner() %}{{ v }}{% endmacro %}{% set v = 7 %}{{ inner() }}{% "
       "endmacro %}{{ outer() }}",
       "7"},
      {"{% macro m(a, b) %}{% endmacro %}{{ m(*[1, 2]) }}{{ m(**{'a': 1}) }}{{ dict(a=1, **{'b': "
       "2}) }}{{ dict([('x', 1)]) }}",
       "{'a': 1, 'b': 2}{'x': 1}"},
  });
}

TEST(TemplateStatement, raw_comments_and_white_space_control) {
  expect_cases({
      {"{% raw %}{{ not }}{% x %}{% endraw %}|{# comment {{ x }} #}|", "{{ not }}{% x %}||"},
      {"a {%- if true -%}  b  {%- endif -%} c", "abc"},
      {"  {%+ if true %}x{% endif %}", "  x"},
      {"{{- 'a' -}}   b   {{- 'c' -}}", "abc"},
      {"x{#- c -#}  y", "xy"},
      {"{% generation %}gen {{ a }}{% endgeneration %}|{% generation %}{% set inner = 1 %}{{ inner "
       "}}{% endgeneration %}{{ inner is defined }}",
       "gen 1|1False"},
  });
}

TEST(TemplateStatement, syntax_errors_say_what_was_expected) {
  expect_cases({
      {"{% if x %}",
       "!Unexpected end of template. Jinja was looking for the following tags: 'elif' or 'else' or "
       "'endif'. The innermost block that needs to be closed is 'if'."},
      {"{% endif %}", "!Encountered unknown tag 'endif'."},
      {"{% for %}", "!Expected an expression, got 'end of statement block'"},
      {"{{ 1 +", "!unexpected 'end of template'"},
      {"{{ ) }}", "!unexpected ')'"},
      {"{{ (1] }}", "!unexpected ']', expected ')'"},
      {"{% foo %}", "!Encountered unknown tag 'foo'."},
      {"{{ a b }}", "!expected token 'end of print statement', got 'b'"},
      {"{{ a.b. }}", "!expected name or number"},
      {"{{ a is is }}", "!No test named 'is'."},
      {"{% macro m(a=1, b) %}{% endmacro %}", "!non-default argument follows default argument"},
      {"{{ f(a=1, 2) }}", "!invalid syntax for function call expression"},
      {"{% elif %}", "!Encountered unknown tag 'elif'."},
      {"{# unclosed", "!Missing end of comment tag"},
  });
}

TEST(TemplateStatement, loop_variables_nest) {
  expect_cases({
      {"{{ loop is defined }}{% for i in [1] %}{{ loop is defined }}{% for j in [2] %}{{ "
       "loop.index }}{% endfor %}{{ loop.index }}{% endfor %}",
       "FalseTrue11"},
      {"{% for i in [1,2] %}{% set outer = loop %}{% for j in [1,2] %}{{ outer.index }}{{ "
       "loop.index }} {% endfor %}{% endfor %}",
       "11 12 21 22 "},
      {"{% set loop = 1 %}{{ loop }}{% for i in [5] %}{{ loop }}{% endfor %}",
       "1<LoopContext 1/1>"},
      {"{% for loop in [1] %}{% endfor %}",
       "!Can't assign to special loop variable in for-loop target"},
  });
}

TEST(TemplateStatement, common_idioms_of_chat_templates) {
  expect_cases({
      {"{%- set found = namespace(v=false) -%}{%- for m in messages if m.role == 'user' -%}{%- set "
       "found.v = true -%}{%- endfor -%}{{ found.v }}",
       "True"},
      {R"j({% for m in messages %}{{ m.role }}{% if not loop.last %}{{ "\n" }}{% endif %}{% endfor %})j",
       "user\nassistant"},
      {"{% for m in messages|reverse %}{{ m['role'][:2] }}{{ loop.length }}{% endfor %}{% for x in "
       "l|map('string') %}{{ loop.length }}{{ x }}{% endfor %}",
       "as2us2333132"},
      {"{% for i in range(3) %}{% for j in range(i) %}{% if j == 1 %}{% break %}{% endif %}{{ i "
       "}}{{ j }} {% endfor %}{% endfor %}",
       "10 20 "},
      {"{{ messages|selectattr('role', 'equalto', 'user')|map(attribute='content')|first }} {{ "
       "messages|map(attribute='role')|unique|sort|join('-') }} {{ (messages|last).role }} {{ "
       "messages[-1]['role'] }} {{ messages[:1]|length }} {{ messages[1:]|tojson }}",
       R"j(Hi assistant-user assistant assistant 1 [{"role": "assistant", "content": "Grüße 你好 🙂"}])j"},
  });
}

TEST(TemplateStatement, what_needs_other_templates_is_refused_by_name) {
  expect_cases({
      {"{{ 'a' is string is defined }}", "!You cannot chain multiple tests with is"},
      {"{{ not (1 in [1]) and true }} {{ (1 if true else 2) + 1 }} {{ [x for x in l] }}",
       "!expected token ',', got 'for'"},
      {"{% do l.append(1) %}", "!Encountered unknown tag 'do'."},
  });
}

TEST(TemplateStatement, trim_blocks_and_lstrip_blocks) {
  expect_cases({
      {"  {% if true %}\n  x\n  {% endif %}\ny\n", "  x\ny"},
      {"a\015\nb\015c\n\n", "a\nb\nc\n"},
      {"{% if true %}\n\nx{% endif %}\n", "\nx"},
      {"\n{{ 1 }}\n  {{ 2 }}\n", "\n1\n  2"},
      {"{# c #}\nx\n  {# d #}\n y", "x\n y"},
      {"  {%- if true %}\n a\n{%- endif %}\n b", " a b"},
      {"{% raw %}\n x\n{% endraw %}\n y", "\n x\n y"},
      {"  {% raw -%}\n\n x\n  {%- endraw -%}\n y", "xy"},
      {"x  {%+ if true %}  y\n  {%+ endif %}z", "x    y\n  z"},
      {"{% for x in [1,2] %}\n  {{ x }}\n{% endfor %}\nend", "  1\n  2\nend"},
      {"{% set x %}\n a\n{% endset %}\n[{{ x }}]", "[ a\n]"},
      {"{% macro m() %}\n  hi\n{% endmacro %}\n[{{ m() }}]", "[  hi\n]"},
      {"\011{% if true +%}\n x{% endif +%}\n", "\n x"},
      {"{{ 'a'\n ~ 'b' }}\n{{ [1,\n2] }}", "ab\n[1, 2]"},
      {"{% if true %}\n{{ x.y.z }}\n{% endif %}", "!'x' is undefined"},
      {"", ""},
      {"\n", ""},
      {"{", "{"},
      {"{{", "!unexpected 'end of template'"},
      {"{%", "!tag name expected"},
      {"{{ '}}' }}", "}}"},
      {"{{ {'a':{'b':1}}['a']['b'] }}", "1"},
      {"{% set x = '%}' %}{{ x }}", "%}"},
      {R"j({{ "{{ x }}" }})j", "{{ x }}"},
      {"{%- for x in [1] -%}\n {{ x }} \n{%- endfor -%}", "1"},
  });
}

}  // namespace
}  // namespace caracal
