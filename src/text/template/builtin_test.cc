/// The language against Python: every expectation is what Jinja2 3.1 renders, set up as Hugging
/// Face transformers sets it up. "!" marks a template that is rejected; the rest is in the message.
#include <gtest/gtest.h>

#include "text/template/template_case.h"

namespace caracal {
namespace {

TEST(TemplateBuiltin, string_methods_are_pythons) {
  expect_cases({
      {"{{ 'a,b,,c'.split(',') }} {{ ' a  b c '.split() }} {{ 'a b c'.split(' ', 1) }} {{ ' a  b c "
       "'.split(none, 1) }} {{ 'a.b.c'.rsplit('.', 1) }} {{ ' a  b c '.rsplit(none, 1) }} {{ "
       "''.split() }} {{ ''.split(',') }}",
       "['a', 'b', '', 'c'] ['a', 'b', 'c'] ['a', 'b c'] ['a', 'b c '] ['a.b', 'c'] [' a  b', 'c'] "
       "[] ['']"},
      {R"j({{ '  x '.strip() }}|{{ 'xxaxx'.strip('x') }}|{{ 'xxaxx'.lstrip('x') }}|{{ 'abcab'.rstrip('ab') }}|{{ '\u00a0x\u2003'.strip() }}|)j",
       "x|a|axx|abc|x|"},
      {"{{ s.upper() }} {{ s.lower() }} {{ s.title() }} {{ s.capitalize() }} {{ s.swapcase() }} {{ "
       "'straße'.upper() }} {{ 'ΑΣ'.lower() }} {{ 'ǆ'.title() }} {{ 'ﬁx'.capitalize() }} {{ "
       "'STRASSE ß'.casefold() }}",
       "HELLO WORLD hello world Hello World Hello world HELLO wORLD STRASSE ας ǅ Fix strasse ss"},
      {"{{ s.startswith('he') }} {{ s.endswith('ld') }} {{ s.startswith(('x','h')) }} {{ "
       "s.find('o') }} {{ s.rfind('o') }} {{ s.find('q') }} {{ s.index('W') }} {{ s.count('l') }} "
       "{{ s.startswith('ello', 1) }} {{ s.find('o', 5) }} {{ 'aaa'.count('') }}",
       "True True True 4 7 -1 6 3 True 7 4"},
      {"{{ s.replace('l', 'L') }} {{ s.replace('l', 'L', 1) }} {{ 'abc'.replace('', '-') }} {{ "
       "'abc'.replace('', '-', 2) }} {{ s.partition(' ') }} {{ s.rpartition('o') }} {{ "
       "s.partition('q') }}",
       "heLLo WorLd heLlo World -a-b-c- -a-bc ('hello', ' ', 'World') ('hello W', 'o', 'rld') "
       "('hello World', '', '')"},
      {R"j({{ 'abc'.center(9, '*') }} {{ 'abc'.center(8, '*') }} {{ 'ab'.center(5,'*') }} {{ 'abc'.ljust(5, '.') }} {{ 'abc'.rjust(5) }} {{ '-42'.zfill(6) }} {{ 'a\tb'.expandtabs(4) }} {{ 'a\nb\r\nc'.splitlines() }} {{ 'a\nb\n'.splitlines(true) }})j",
       R"j(***abc*** **abc*** **ab* abc..   abc -00042 a   b ['a', 'b', 'c'] ['a\n', 'b\n'])j"},
      {"{{ 'abc'.isalpha() }} {{ '12'.isdigit() }} {{ 'a1'.isalnum() }} {{ ' '.isspace() }} {{ "
       "'Ab'.istitle() }} {{ 'AB'.isupper() }} {{ 'ab'.islower() }} {{ ''.isalpha() }} {{ "
       "'x1'.isidentifier() }} {{ '²'.isdigit() }} {{ '½'.isnumeric() }} {{ '١'.isdecimal() }} {{ "
       "'é'.isascii() }}",
       "True True True True True True True False True True True True False"},
      {"{{ ', '.join(['a','b']) }} {{ 'prefix-x'.removeprefix('prefix-') }} {{ "
       "'x.txt'.removesuffix('.txt') }}",
       "a, b x x"},
      {"{{ ', '.join([1]) }}", "!sequence item 0: expected str instance, int found"},
      {"{{ 'abc'.index('q') }}", "!substring not found"},
  });
}

TEST(TemplateBuiltin, formatting_is_pythons) {
  expect_cases({
      {"{{ '%s is %d and %.2f %5s|%-5s|%05d %x %%' % ('a', 3, 2.5, 'r', 'l', 42, 255) }} {{ "
       "'%(x)s' % {'x': 5} }} {{ '%r' % 'q' }} {{ '%s' % l }} {{ '%+d % d %e %g' % (3, 4, 1.5, "
       "0.00001) }}",
       "a is 3 and 2.50     r|l    |00042 ff % 5 'q' [3, 1, 2] +3  4 1.500000e+00 1e-05"},
      {"{{ '%d' % 'a' }}", "!%d format: a real number is required, not str"},
      {"{{ '%s %s' % 'a' }}", "!not enough arguments for format string"},
      {"{{ '%s' % ('a', 'b') }}", "!not all arguments converted during string formatting"},
      {"{{ '{} {}'.format(1, 'a') }} {{ '{0}{1}{0}'.format('a', 'b') }} {{ "
       "'{x:>5}|{y:<5}|{z:^5}|'.format(x=1, y='a', z='b') }} {{ '{:05.1f} {:,} {:+} {:x} {:#x} "
       "{:b} {:.3} {:%} {:e}'.format(3.14159, 1234567, 3, 255, 255, 5, 'abcdef', 0.5, 1234.5) }} "
       "{{ '{!r}'.format('a') }} {{ '{d[x]} {d.x}'.format(d=d) }} {{ '{{}}'.format() }} {{ "
       "'{:*^9}'.format('mid') }} {{ '{:>{w}}'.format('a', w=4) }} {{ '{:.2f}'.format(2) }} {{ "
       "'{:08.3f}'.format(-3.14159) }} {{ '{:10}|{:<10}|'.format(1.5, 2) }} {{ '{:g}'.format(1e10) "
       "}} {{'{:_}'.format(1234567)}} {{ '{:c}'.format(65) }}",
       "1 a aba     1|a    |  b  | 003.1 1,234,567 +3 ff 0xff 101 abc 50.000000% 1.234500e+03 'a' "
       "1 1 {} ***mid***    a 2.00 -003.142        1.5|2         | 1e+10 1_234_567 A"},
      {"{{ '{:d}'.format('a') }}", "!Unknown format code 'd' for object of type 'str'"},
  });
}

TEST(TemplateBuiltin, sequence_filters_are_jinjas) {
  expect_cases({
      {"{{ l|sort }} {{ l|sort(reverse=true) }} {{ ['b','A','c']|sort }} {{ "
       "['b','A','c']|sort(case_sensitive=true) }} {{ "
       "people|sort(attribute='age,name')|map(attribute='name')|list }} {{ "
       "people|sort(attribute='x.k')|map(attribute='name')|join(',') }}",
       "[1, 2, 3] [3, 2, 1] ['A', 'b', 'c'] ['A', 'b', 'c'] ['alice', 'Bob', 'Carl'] "
       "Bob,Carl,alice"},
      {"{{ l|join(', ') }} {{ people|join(';', attribute='name') }} {{ 'abc'|join('-') }} {{ "
       "d|join(',') }}",
       "3, 1, 2 Bob;alice;Carl a-b-c x,y,z"},
      {"{{ l|first }} {{ l|last }} {{ []|first }}|{{ l|length }} {{ l|count }} {{ s|length }} {{ "
       "d|length }} {{ l|sum }} {{ people|sum(attribute='age') }} {{ l|min }} {{ l|max }} {{ "
       "['b','A']|min }} {{ people|max(attribute='age') }}",
       "3 2 |3 3 11 3 6 8 1 3 A {'name': 'Bob', 'age': 3, 'x': {'k': 1}}"},
      {"{{ l|reverse|list }} {{ s|reverse }} {{ l|unique|list }} {{ ['a','A','b','a']|unique|list "
       "}} {{ [1,1.0,true,2]|unique|list }}",
       "[2, 1, 3] dlroW olleh [3, 1, 2] ['a', 'b'] [1, 2]"},
      {"{{ l|map('string')|list }} {{ ['a','b']|map('upper')|list }} {{ "
       "people|map(attribute='name')|list }} {{ people|map(attribute='zip', default='none')|list "
       "}} {{ [1.234,2.345]|map('round', 1)|list }}",
       "['3', '1', '2'] ['A', 'B'] ['Bob', 'alice', 'Carl'] ['none', 'none', 'none'] [1.2, 2.3]"},
      {"{{ l|select('odd')|list }} {{ l|reject('odd')|list }} {{ l|select('gt', 1)|list }} {{ "
       "people|selectattr('age', 'equalto', 3)|map(attribute='name')|list }} {{ "
       "people|rejectattr('age', 'eq', 3)|list }} {{ [0,1,'',none,'a']|select|list }} {{ "
       "people|selectattr('missing')|list }} {{ people|selectattr('name','in',['Bob'])|list|length "
       "}} {{ people|selectattr('x.k', '>', 1)|list|length }}",
       "[3, 1] [2] [3, 2] ['Bob', 'Carl'] [{'name': 'alice', 'age': 2, 'x': {'k': 3}}] [1, 'a'] [] "
       "1 2"},
      {"{{ people|groupby('age') }} {% for g in people|groupby('age') %}{{ g.grouper }}:{{ "
       "g.list|length }};{% endfor %}{% for k, v in people|groupby('name') %}{{ k }}{% endfor %}",
       "[(2, [{'name': 'alice', 'age': 2, 'x': {'k': 3}}]), (3, [{'name': 'Bob', 'age': 3, 'x': "
       "{'k': 1}}, {'name': 'Carl', 'age': 3, 'x': {'k': 2}}])] 2:1;3:2;aliceBobCarl"},
      {"{{ d|dictsort }} {{ {'b':1,'A':2}|dictsort }} {{ {'b':1,'A':2}|dictsort(true) }} {{ "
       "{'b':1,'A':2}|dictsort(by='value', reverse=true) }} {{ d|items|list }} {{ "
       "undefinedvar|items|list }}",
       "[('x', 1), ('y', [1, 2]), ('z', None)] [('A', 2), ('b', 1)] [('A', 2), ('b', 1)] [('A', "
       "2), ('b', 1)] [('x', 1), ('y', [1, 2]), ('z', None)] []"},
      {"{{ range(7)|batch(3)|list }} {{ range(7)|batch(3, 'x')|list }} {{ range(7)|slice(3)|list "
       "}} {{ range(7)|slice(3, 'x')|list }}",
       "[[0, 1, 2], [3, 4, 5], [6]] [[0, 1, 2], [3, 4, 5], [6, 'x', 'x']] [[0, 1, 2], [3, 4], [5, "
       "6]] [[0, 1, 2], [3, 4, 'x'], [5, 6, 'x']]"},
  });
}

TEST(TemplateBuiltin, text_filters_are_jinjas) {
  expect_cases({
      {R"j({{ s|upper }} {{ s|lower }} {{ s|title }} {{ 'foo-bar (baz) it\'s'|title }} {{ s|capitalize }} {{ s|replace('l','L') }} {{ '  x '|trim }}| {{ 'xax'|trim('x') }} {{ 5|string + 'a' }} {{ 'abc'|center(9) }}|)j",
       "HELLO WORLD hello world Hello World Foo-Bar (Baz) It's Hello world heLLo WorLd x| a 5a    "
       "abc   |"},
      {R"j({{ 'a\nb\n\nc'|indent }}|{{ 'a\nb'|indent(2, true) }}|{{ 'a\n\nb'|indent(2, blank=true) }}|{{ 'a\nb'|indent('>> ') }})j",
       "a\n    b\n\n    c|  a\n  b|a\n  \n  b|a\n>> b"},
      {"{{ 'hello big world'|truncate(9) }} {{ 'hello big world'|truncate(9, true) }} {{ 'hello "
       "big world'|truncate(9, true, '') }} {{ 'short'|truncate(9) }} {{ 'hello big "
       "world'|truncate(11, leeway=0) }}",
       "hello... hello ... hello big short hello..."},
      {"{{ '42'|int }} {{ '42.7'|int }} {{ 'x'|int }} {{ 'x'|int(7) }} {{ 'ff'|int(base=16) }} {{ "
       "'0x1A'|int(0, 16) }} {{ 3.99|int }} {{ ' 12 '|int }} {{ '1_000'|int }} {{ none|int }} {{ "
       "true|int }} {{ '1.5'|float }} {{ 'x'|float }} {{ 3|float }} {{ '-5'|int }} {{ 'inf'|float "
       "}} {{ '1e3'|int }}",
       "42 42 0 7 255 26 3 12 1000 0 1 1.5 0.0 3.0 -5 inf 1000"},
      {"{{ 2.5|round }} {{ 3.5|round }} {{ 2.675|round(2) }} {{ 2.1|round(0, 'ceil') }} {{ "
       "2.19|round(1, 'floor') }} {{ 42|round }} {{ -3|abs }} {{ -3.5|abs }} {{ 1234.5|round(-2) "
       "}}",
       "2.0 4.0 2.67 3.0 2.1 42 3 3.5 1200.0"},
      {"{{ html|escape }} {{ html|e|upper }} {{ html|safe }} {{ (html|safe) + '<i>' }} {{ "
       "(html|e)|e }} {{ html|forceescape }} {{ 'a b/c?é'|urlencode }} {{ {'a b': 1, 'c': "
       "'é&'}|urlencode }} {{ {'a':1,'b':none}|xmlattr }} {{ '<p>a  <b>b</b></p><!-- c "
       "-->d'|striptags }} {{ 'one two-three'|wordcount }}",
       R"j(&lt;b&gt;&amp;&#39;&#34; &LT;B&GT;&AMP;&#39;&#34; <b>&'" <b>&'"&lt;i&gt; &lt;b&gt;&amp;&#39;&#34; &lt;b&gt;&amp;&#39;&#34; a%20b/c%3F%C3%A9 a+b=1&c=%C3%A9%26  a="1" a bd 3)j"},
      {"{{ [html|safe] }} {{ (html|safe) is escaped }} {{ '<a>' ~ (html|safe) }} {{ '%s' % "
       "(html|safe) }} {{ ('%s'|safe) % html }} {{ '-'|safe|string|join(['<']) }}",
       R"j([Markup('<b>&\'"')] True <a><b>&'" <b>&'" &lt;b&gt;&amp;&#39;&#34; -)j"},
      {"{{ 1000|filesizeformat }} {{ 1|filesizeformat }} {{ 999|filesizeformat }} {{ "
       "123456789|filesizeformat }} {{ 123456789|filesizeformat(true) }}",
       "1.0 kB 1 Byte 999 Bytes 123.5 MB 117.7 MiB"},
      {"{{ '%s-%s'|format(1, 2) }} {{ '%(a)s'|format(a=5) }} {{ d|attr('x') is defined }} {{ "
       "s|attr('upper')() }}",
       "1-2 5 False HELLO WORLD"},
  });
}

TEST(TemplateBuiltin, tojson_is_json_dumps) {
  expect_cases({
      {R"j({{ d|tojson }} {{ html|tojson }} {{ 'é🙂\u0001\n"\\'|tojson }} {{ [1, 2.0, true, none, 'a', {}, []]|tojson }} {{ 'é🙂'|tojson(ensure_ascii=true) }} {{ (1,2)|tojson }} {{ {1: 2, true: 3, none: 4, 2.5: 5}|tojson }})j",
       R"j({"x": 1, "y": [1, 2], "z": null} "<b>&'\"" "é🙂\u0001\n\"\\" [1, 2.0, true, null, "a", {}, []] "\u00e9\ud83d\ude42" [1, 2] {"1": 3, "null": 4, "2.5": 5})j"},
      {"{{ d|tojson(indent=2) }} {{ [[], {}]|tojson(indent=2) }} {{ "
       "{'b':1,'a':2}|tojson(sort_keys=true) }} {{ d|tojson(separators=(',', ':')) }} {{ "
       "d|tojson(indent=4, separators=(',', '=')) }} {{ 'a'|tojson(true) }}",
       "{\n  \"x\": 1,\n  \"y\": [\n    1,\n    2\n  ],\n  \"z\": null\n} [\n  [],\n  {}\n] "
       "{\"a\": 2, \"b\": 1} {\"x\":1,\"y\":[1,2],\"z\":null} {\n    \"x\"=1,\n    \"y\"=[\n       "
       " 1,\n        2\n    ],\n    \"z\"=null\n} \"a\""},
      {"{{ undefinedvar|tojson }}", "!Object of type Undefined is not JSON serializable"},
      {"{{ namespace(a=1)|tojson }}", "!Object of type Namespace is not JSON serializable"},
      {"{{ people|map(attribute='name')|tojson }}",
       "!Object of type generator is not JSON serializable"},
      {"{{ {(1,2): 3}|tojson }}", "!keys must be str, int, float, bool or None, not tuple"},
  });
}

TEST(TemplateBuiltin, tests_are_jinjas) {
  expect_cases({
      {"{{ 1 is odd }} {{ 2 is even }} {{ 9 is divisibleby 3 }} {{ 9 is divisibleby(2) }} {{ a is "
       "number }} {{ a is integer }} {{ b is float }} {{ t is boolean }} {{ t is true }} {{ t is "
       "false }} {{ s is string }} {{ d is mapping }} {{ l is iterable }} {{ l is sequence }} {{ s "
       "is sequence }} {{ d is sequence }} {{ n is none }} {{ n is not none }} {{ 1 is eq 1 }} {{ "
       "1 is sameas 1 }} {{ 'a' is in ['a'] }} {{ 'AB' is upper }} {{ 'ab' is lower }} {{ range is "
       "callable }} {{ s is callable }} {{ 'upper' is filter }} {{ 'nope' is filter }} {{ 'odd' is "
       "test }} {{ 1 is lt 2 }} {{ 2 is ge(2) }} {{ true is number }} {{ true is integer }}",
       "True True True False True True True True True False True True True True True True True "
       "False True True True True True True False True False True True True True False"},
      {"{{ undefinedvar is iterable }} {{ undefinedvar is sequence }} {{ undefinedvar is string }} "
       "{{ undefinedvar is mapping }} {{ undefinedvar == undefinedother }} {{ undefinedvar == none "
       "}} {{ undefinedvar in [1] }} {{ [undefinedvar] }} {{ (d.keys() is sequence) }} {{ "
       "d.items() is iterable }} {{ range(3) is sequence }}",
       "True True False False True False False [Undefined] False True True"},
  });
}

TEST(TemplateBuiltin, globals_of_jinja_and_hugging_face) {
  expect_cases({
      {"{% set c = cycler('a', 'b') %}{{ c.next() }}{{ c.next() }}{{ c.next() }}{{ c.current }}{{ "
       "c.reset() }}{{ c.next() }}|{% set j = joiner('; ') %}{{ j() }}x{{ j() }}y",
       "ababNonea|x; y"},
      {"{{ strftime_now('%Y-%m-%d %H:%M:%S %A %d %B %b %y %j %I %p %a %U %W %w %% %-d %e %F %T %V "
       "%G') }}",
       "2026-01-02 03:04:05 Friday 02 January Jan 26 002 03 AM Fri 00 00 5 % 2  2 2026-01-02 "
       "03:04:05 01 2026"},
  });
}

TEST(TemplateBuiltin, an_unknown_filter_is_an_error_unless_guarded) {
  expect_cases({
      {"{{ people|map('nofilter')|list }}", "!No filter named 'nofilter'."},
      {"{{ people|selectattr('age', 'notest')|list }}", "!No test named 'notest'."},
      {"{{ x|nofilter }}", "!No filter named 'nofilter'."},
      {"{{ x is notest }}", "!No test named 'notest'."},
      {"{% if false %}{{ x|nofilter }}{% endif %}ok", "ok"},
      {"{% if true %}{{ x|nofilter }}{% endif %}", "!No filter named 'nofilter' found."},
  });
}

TEST(TemplateBuiltin, odd_characters_are_escaped_in_json_and_repr) {
  expect_cases({
      {"{{ {}|tojson }}{{ {'a': {'b': [1, {'c': 2}]}}|tojson(indent=1) }}{{ 'x'|tojson|length }}{{ "
       "1e20|tojson }}{{ 1.5|tojson }}{{ 12345678901234|tojson }}",
       "{}{\n \"a\": {\n  \"b\": [\n   1,\n   {\n    \"c\": 2\n   }\n  ]\n "
       "}\n}31e+201.512345678901234"},
      {R"j({{ '\u2028\x7f\u0085'|tojson }}{{ ['\u2028\x7f\u0085\xad\u200b']|string }}{{ ['🙂 é ü']|string }})j",
       "\"\342\200\250\177\302\205\"['\\u2028\\x7f\\x85\\xad\\u200b']['\360\237\231\202 \303\251 "
       "\303\274']"},
  });
}

}  // namespace
}  // namespace caracal
