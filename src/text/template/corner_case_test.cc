/// Corner cases of the language; expectations as in expression_test.cc.
#include <gtest/gtest.h>

#include "text/template/template_case.h"

namespace caracal {
namespace {

TEST(TemplateCorner, names_are_scoped_as_in_jinja) {
  expect_cases({
      {"{% for i in [1,2] %}{% if i == 1 %}{% set v = 'x' %}{% endif %}{{ v }}{% endfor %}", "x"},
      {"{% set v = 'o' %}{% for i in [1,2,3] %}{{ v }}{% if i == 2 %}{% set v = 'x' %}{% endif "
       "%}{{ v }}{% endfor %}{{ v }}",
       "oooxooo"},
      {"{{ a }}{% set a = 5 %}{{ a }}{% if t %}{% set a = 6 %}{% else %}{% set b = 7 %}{% endif "
       "%}{{ a }}{{ b }}",
       "1562.5"},
      {"{% if false %}{% set q = 1 %}{% elif true %}{% set q = 2 %}{% else %}{% set q = 3 %}{% "
       "endif %}{{ q }}",
       "2"},
      {"{% if false %}{% set a = 10 %}{% elif false %}{% set a = 20 %}{% endif %}{{ a }}", "1"},
      {"{% macro m() %}{% if t %}{% set a = 10 %}{% endif %}{{ a }}{% endmacro %}{{ m() }}{{ a }}",
       "101"},
      {"{% macro m() %}{% if not t %}{% set a = 10 %}{% endif %}{{ a }}{% endmacro %}{{ m() }}",
       "1"},
      {"{% macro m(a) %}{% for i in [1] %}{{ a }}{% set a = 3 %}{{ a }}{% endfor %}{{ a }}{% "
       "endmacro %}{{ m(1) }}",
       "131"},
      {"{% for i in l %}{% macro m() %}{{ i }}{% endmacro %}{{ m() }}{% endfor %}", "312"},
      {"{% for i in l %}{% for i in [9] %}{{ i }}{% endfor %}{{ i }}{% endfor %}{{ i }}", "939192"},
      {"{% for x in l if x != y %}{{ x }}{% endfor %}|{% set y = 1 %}{% for x in l if x != y %}{{ "
       "x }}{% endfor %}",
       "312|32"},
      {"{% for x in l if loop.index > 1 %}{{ x }}{% endfor %}", "!'loop' is undefined"},
      {"{% for x in l if x > 1 %}{% for y in l if y < x %}{{ x }}{{ y }} {% endfor %}{% endfor %}",
       "31 32 21 "},
      {"{% macro a1() %}A{{ caller() if caller }}{% endmacro %}{{ a1() }}{% call a1() %}{{ a }}{% "
       "endcall %}",
       "AA1"},
      {"{% macro o() %}{{ caller() }}{% endmacro %}{% macro w() %}{% call o() %}[{{ caller() }}]{% "
       "endcall %}{% endmacro %}{% call w() %}x{% endcall %}",
       "!No caller defined"},
      {"{% macro o(x) %}{{ caller(x, y=2) }}{% endmacro %}{% call(a, y=1, z=3) o(5) %}{{ a }}{{ y "
       "}}{{ z }}{% endcall %}",
       "523"},
      {"{% macro m(caller='d') %}{{ caller }}{% endmacro %}{{ m() }}", "d"},
      {"{% macro m(x, caller) %}{{ caller }}{% endmacro %}{{ m() }}",
       R"j(!When defining macros or call blocks the special "caller" argument must be omitted or be given a default.)j"},
      {"{% macro m(kwargs=1) %}{{ kwargs }}{{ varargs }}{% endmacro %}{{ m(2, 3) }}", "2(3,)"},
      {"{% set f = namespace(n=0) %}{% macro inc() %}{% set f.n = f.n + 1 %}{% endmacro %}{{ inc() "
       "}}{{ inc() }}{{ f.n }}",
       "2"},
      {"{% set x %}{% for i in l %}{{ i }}{% set z = i %}{% endfor %}{% set zz = 9 %}{% endset "
       "%}{{ x }}{{ z is defined }}{{ zz is defined }}",
       "312FalseFalse"},
      {"{% filter upper %}{% set k = 'q' %}{{ k }}{% endfilter %}{{ k is defined }}", "QFalse"},
      {"{% with a = 9 %}{% macro m() %}{{ a }}{% endmacro %}{{ m() }}{% endwith %}{{ a }}", "91"},
      {"{% with a = 1 %}{% with a = a + 1 %}{{ a }}{% endwith %}{{ a }}{% endwith %}", "21"},
      {"{% for i in range(3) %}{% set x %}{% if i == 1 %}{% continue %}{% endif %}{{ i }}{% endset "
       "%}{{ x }}{% endfor %}",
       "02"},
      {"{% for i in range(3) %}{% filter upper %}a{{ i }}{% if i == 1 %}{% break %}{% endif %}{% "
       "endfilter %}{% endfor %}",
       "A0"},
      {"{% for a in [[1,[2,[3]]]] recursive %}{% for b in a %}{% if b is sequence %}<{{ loop.depth "
       "}}>{% else %}{{ b }}{% endif %}{% endfor %}{% endfor %}",
       "1<1>"},
      {"{% for k in [1,2] recursive %}{{ k }}{% if k == 1 %}{{ loop([5]) }}{% endif %}{% else "
       "%}none{% endfor %}",
       "152"},
      {"{% for x in [] recursive %}{% else %}none{% endfor %}", "none"},
      {"{% for x in [1,2,3] %}{{ loop.nextitem }}{{ loop.nextitem is defined }}{{ loop.previtem is "
       "defined }}{% endfor %}",
       "2TrueFalse3TrueTrueFalseTrue"},
      {"{% for x in l|map('string') %}{{ loop.last }}{{ loop.index }}{{ loop.revindex }}{% endfor "
       "%}",
       "False13False22True31"},
      {"{% for x in l %}{% if loop.changed(x // 2) %}{{ x }}{% endif %}{% endfor %}", "312"},
      {"{% set ns = namespace() %}{% for ns.x in [1] %}{% endfor %}",
       "!expected token 'in', got '.'"},
  });
}

TEST(TemplateCorner, objects_answer_as_pythons) {
  expect_cases({
      {"{{ namespace(1) }}", "!'int' object is not iterable"},
      {"{{ namespace([('a', 1)]).a }}", "1"},
      {"{{ dict(1) }}", "!'int' object is not iterable"},
      {"{{ dict([(1,)]) }}", "!dictionary update sequence element #0 has length 1; 2 is required"},
      {"{{ {'a': 1, 'a': 2, 1: 'x', 1.0: 'y', true: 'z'} }}", "{'a': 2, 1: 'z'}"},
      {"{{ {}.x }}|{{ [].x }}|{{ ''.x }}|{{ 1.5.x }}|{{ none.x }}|{{ true.x }}", "|||||"},
      {"{{ d._x }}|{{ d['_x'] }}|{{ {'_x': 1}._x }}|{{ namespace(_x=1)._x }}", "||1|"},
      {"{{ s._x() }}", "!'str object' has no attribute '_x'"},
      {"{{ 'a'['__class__'] }}|{{ 'a'.__len__ }}|", "||"},
      {"{{ (1).__class__() }}", "!access to attribute '__class__' of 'int' object is unsafe."},
      {"{{ l is sameas l }} {{ [] is sameas [] }} {{ none is sameas none }} {{ 1 is sameas true }}",
       "True False True False"},
      {"{{ 1 is number is true }}", "!You cannot chain multiple tests with is"},
      {"{{ 'abc' is string and l is not string }} {{ 5 is not divisibleby 2 }} {{ x is not defined "
       "or y }}",
       "True True True"},
  });
}

TEST(TemplateCorner, operators_refuse_what_python_refuses) {
  expect_cases({
      {"{{ l == [3,1,2] and d != {} }} {{ [] == () }} {{ 'a' == none }} {{ {} == [] }} {{ 1 == "
       "true }} {{ 0 == false }} {{ '1' == 1 }}",
       "True False False False True True False"},
      {"{{ [1,[2]] < [1,[3]] }} {{ (1,) < (1, 2) }} {{ [] < [1] }}", "True True True"},
      {"{{ {} < {} }}", "!'<' not supported between instances of 'dict' and 'dict'"},
      {"{{ none < none }}", "!'<' not supported between instances of 'NoneType' and 'NoneType'"},
      {"{{ [1] < (1,) }}", "!'<' not supported between instances of 'list' and 'tuple'"},
      {"{{ 'a' in 'abc' in ['abc'] }} {{ 1 not in [2] == true }}", "True False"},
      {"{{ n in n }}", "!argument of type 'NoneType' is not iterable"},
      {"{{ 1 in 5 }}", "!argument of type 'int' is not iterable"},
      {"{{ 1 in 'a' }}", "!'in <string>' requires string as left operand, not int"},
      {"{{ 'x' ~ [1, 'a', {'b': none}] ~ (1,) }}", "x[1, 'a', {'b': None}](1,)"},
      {"{{ 3 // 0.0 }}", "!float floor division by zero"},
      {"{{ 3 / 0.0 }}", "!float division by zero"},
      {"{{ 0 ** -1 }}", "!0.0 cannot be raised to a negative power"},
      {"{{ 'a' * 'b' }}", "!can't multiply sequence by non-int of type 'str'"},
      {"{{ 'a' - 'b' }}", "!unsupported operand type(s) for -: 'str' and 'str'"},
      {"{{ [] - [] }}", "!unsupported operand type(s) for -: 'list' and 'list'"},
      {"{{ -'a' }}", "!bad operand type for unary -: 'str'"},
      {"{{ +'a' }}", "!bad operand type for unary +: 'str'"},
      {"{{ 1 + none }}", "!unsupported operand type(s) for +: 'int' and 'NoneType'"},
      {"{{ n.x.y }}", "!'None' has no attribute 'x'"},
      {"{{ l.x.y }}", "!'list object' has no attribute 'x'"},
  });
}

TEST(TemplateCorner, builtins_check_their_arguments) {
  expect_cases({
      {"{{ s.split(5) }}", "!must be str or None, not int"},
      {"{{ s.startswith(5) }}", "!startswith first arg must be str or a tuple of str, not int"},
      {"{{ s.join(5) }}", "!can only join an iterable"},
      {"{{ s|nosuch(1) if false else 'ok' }}", "ok"},
      {"{{ s|default }}", "hello World"},
      {"{{ 5|list }}", "!'int' object is not iterable"},
      {"{{ 5|length }}", "!object of type 'int' has no len()"},
      {"{{ 5|first }}", "!'int' object is not iterable"},
      {"{{ 5|upper }}{{ none|upper }}{{ l|upper }}{{ d|lower }}{{ 1.5|trim }}{{ none|trim }}{{ "
       "l|string|title }}",
       "5NONE[3, 1, 2]{'x': 1, 'y': [1, 2], 'z': none}1.5None[3, 1, 2]"},
      {"{{ none|length }}", "!object of type 'NoneType' has no len()"},
      {"{{ none|list }}", "!'NoneType' object is not iterable"},
      {"{{ none|join }}", "!'NoneType' object is not iterable"},
      {"{{ none|map('upper')|list }}{{ none|select|list }}", "[][]"},
      {"{{ none|sort }}", "!'NoneType' object is not iterable"},
      {"{{ l|items|list }}", "!Can only get item pairs from a mapping."},
  });
}

TEST(TemplateCorner, filters_at_their_edges) {
  expect_cases({
      {"{{ d|sort }} {{ s|sort|join }} {{ d|length }} {{ d|list }} {{ s|unique|join }} {{ "
       "d|map('upper')|join(',') }} {{ d.items()|map('first')|list }} {{ d|items|map('last')|list "
       "}}",
       "['x', 'y', 'z']  dehllloorW 3 ['x', 'y', 'z'] helo Wrd X,Y,Z ['x', 'y', 'z'] [1, [1, 2], "
       "None]"},
      {"{{ [[1,2],[3]]|map('sum')|list }} {{ [[1,2],[3]]|map('join', '-')|list }} {{ "
       "['a']|map('replace', 'a', 'b')|list }} {{ [{'a':{'b':5}}]|map(attribute='a.b')|list }} {{ "
       "[[1,2]]|map(attribute=1)|list }} {{ [[1,2]]|map(attribute='0')|list }}",
       "[3, 3] ['1-2', '3'] ['b'] [5] [2] [1]"},
      {"{{ l|map|list }}", "!map requires a filter argument"},
      {"{{ l|map(foo=1)|list }}", "!map requires a filter argument"},
      {"{{ l|selectattr|list }}", "!Missing parameter for attribute name"},
      {"{{ [1,2,3,4]|select('divisibleby', 2)|list }} {{ ['a','B']|select('upper')|list }} {{ "
       "[1,'a',none]|select('string')|list }} {{ [1,none]|reject('none')|list }} {{ "
       "people|selectattr('x.k','ge',2)|map(attribute='name')|list }} {{ "
       "people|rejectattr('name','string')|list }} {{ [{'a':1},{}]|selectattr('a','defined')|list "
       "}} {{ [{'a':1},{}]|selectattr('a','undefined')|list|length }}",
       "[2, 4] ['B'] ['a'] [1] ['alice', 'Carl'] [] [{'a': 1}] 1"},
      {"{{ people|groupby('x.k')|map('first')|list }} {{ [{'a':'B'},{'a':'b'}]|groupby('a') }} {{ "
       "[{'a':1},{}]|groupby('a', default=0) }}",
       "[1, 2, 3] [('B', [{'a': 'B'}, {'a': 'b'}])] [(0, [{}]), (1, [{'a': 1}])]"},
      {"{{ [3,1,2]|sort|first }} {{ [none,1]|max }}",
       "!'>' not supported between instances of 'int' and 'NoneType'"},
      {"{{ ['b','a','B']|min }} {{ ['b','a','B']|max(case_sensitive=true) }} {{ []|min }}|{{ "
       "[]|max }}|{{ []|sum }} {{ ['a']|sum(start='') }}",
       "!sum() can't sum strings [use ''.join(seq) instead]"},
      {"{{ [[1],[2]]|sum(start=[]) }} {{ [1.5,2]|sum }} {{ l|sum(start=10) }}", "[1, 2] 3.5 16"},
      {"{{ 'abcdef'|batch(2)|map('join')|list }} {{ 'abcdef'|slice(4)|map('join','')|list }}",
       "['ab', 'cd', 'ef'] ['ab', 'cd', 'e', 'f']"},
      {R"j({{ 'x'|indent(2) }} {{ ''|indent }}| {{ 'a\n'|indent(1) }}| {{ '\na'|indent(1, first=true) }}| {{ 'a\n\n\nb'|indent(1, blank=true) }})j",
       "x | a\n|  \n a| a\n \n \n b"},
      {"{{ 'Hello World Foo'|truncate(5) }} {{ 'HelloWorldFoo'|truncate(6, leeway=0) }} {{ 'Grüße "
       "你好 🙂 abc'|truncate(10, true, '…', 0) }}",
       "He... Hel... Grüße 你好 …"},
      {"{{ 'x'|truncate(2, false, '....') }}", "!expected length >= 4, got 2"},
      {"{{ 0.5|round }} {{ 1.5|round }} {{ -2.5|round }} {{ 1.005|round(2) }} {{ "
       "12345.678|round(1) }} {{ 1e20|round }} {{ 5|round(2) }} {{ 5.5|round(0,'floor') }} {{ "
       "7|round(0,'ceil') }} {{ true|round }}",
       "0.0 2.0 -2.0 1.0 12345.7 1e+20 5 5.0 7.0 1"},
      {"{{ 5.5|round(method='bad') }}", "!method must be common, ceil or floor"},
      {"{{ '5'|round }}", "!type str doesn't define __round__ method"},
      {"{{ 3.7|int }} {{ -3.7|int }} {{ 1e15|int }} {{ true|string }} {{ none|string }} {{ "
       "1.0|string }}",
       "3 -3 1000000000000000 True None 1.0"},
  });
}

TEST(TemplateCorner, text_at_its_edges) {
  expect_cases({
      {R"j({{ 'a-b c(d)e[f'|title }} {{ "it's o'neil"|title }} {{ 'ÀÉ ñandú'|title }} {{ 'ǆx'|title }} {{ 'HELLO'|capitalize }} {{ 'İ'|lower|length }} {{ 'ŉ'|upper }} {{ 'ΌΔΟΣ ΣΑΣ'|lower }} {{ 'ΣΣ.Σ'|lower }})j",
       "A-B C(D)e[F It's O'neil Àé Ñandú Ǆx Hello 2 ʼN όδος σας σσ.ς"},
      {R"j({{ '\u0130'.lower()|length }} {{ 'ﬀ'.upper() }} {{ 'ß'.title() }} {{ 'ß'.swapcase() }} {{ 'ẞ'.lower() }} {{ 'Ⅷ'.lower() }} {{ 'ⅷ'.isupper() }} {{ 'ª'.islower() }} {{ 'ǅ'.istitle() }} {{ '𐐨'.upper() }})j",
       "2 FF Ss SS ß ⅷ False True True 𐐀"},
      {R"j({{ 'a\u2028b\x0bc\x1cd\u0085e'.splitlines() }} {{ ' \x1f\u3000x '.strip() }} {{ 'a\x1fb'.split() }} {{ '\u200bx'.strip()|length }})j",
       "['a', 'b', 'c', 'd', 'e'] x ['a', 'b'] 2"},
      {"{{ 'aXbXc'.split('X', 1) }} {{ 'aXbXc'.split('X', 0) }} {{ 'aXbXc'.split(sep='X', "
       "maxsplit=1) }} {{ 'aXbXc'.rsplit('X', 1) }} {{ 'XaX'.split('X') }} {{ 'a  b '.split(' ') "
       "}} {{ ' a b '.rsplit() }} {{ ' a b '.split(none, 0) }} {{ 'ab'.split('') if false }}",
       "['a', 'bXc'] ['aXbXc'] ['a', 'bXc'] ['aXb', 'c'] ['', 'a', ''] ['a', '', 'b', ''] ['a', "
       "'b'] ['a b '] "},
      {"{{ 'ab'.split('') }}", "!empty separator"},
      {"{{ 'ab'.partition('') }}", "!empty separator"},
      {"{{ 'abcabc'.find('c', 3) }} {{ 'abcabc'.find('a', -3) }} {{ 'abcabc'.find('', 9) }} {{ "
       "'abcabc'.find('', 6) }} {{ 'abcabc'.rfind('abc', 0, 5) }} {{ 'abcabc'.count('bc', 2) }} {{ "
       "'über'.find('e') }} {{ 'abc'.endswith('', 5) }} {{ 'abc'.endswith('b', 0, 2) }} {{ "
       "'abc'.startswith('', 3) }} {{ 'abc'.startswith('') }} {{ 'aaaa'.count('aa') }} {{ "
       "'abc'.count('', 1) }}",
       "5 3 -1 6 0 1 2 False True True True 2 3"},
      {R"j({{ 'abc'.center(6) }}| {{ 'abc'.center(2) }}| {{ 'é'.center(4, 'ü') }}| {{ '5'.zfill(3) }} {{ '+5'.zfill(4) }} {{ 'é'.zfill(3) }} {{ ''.zfill(2) }} {{ 'a\tb\tc'.expandtabs() }} {{ '\t'.expandtabs(0) }}|)j",
       " abc  | abc| üéüü| 005 +005 00é 00 a       b       c |"},
      {"{{ 'a'.center(5, 'xy') }}", "!The fill character must be exactly one character long"},
  });
}

TEST(TemplateCorner, formats_at_their_edges) {
  expect_cases({
      {R"j({{ '%5.1f|%-8s|%08.3f|%+.2e|%x|%X|%o|%#x|%c|%c|%5d|%-5d|%i|%u' % (3.14159, 'ab', -3.14159, 12345.678, 255, 255, 8, 255, 'z', 65, 42, 42, 7, 8) }} {{ '%s' % none }} {{ '%s' % true }} {{ '%.2s' % 'abc' }} {{ '%*d' % (5, 3) }} {{ '%%' % () }} {{ '%s' % [1,2] }} {{ '%g %G' % (1e-10, 1e20) }} {{ '%(a)s %(b)d' % {'a': 'x', 'b': 2} }} {{ '%d' % 3.9 }} {{ '%.0f' % 2.5 }} {{ '%5s' % 'é' }} {{ '% 5d' % 3 }} {{ '%05.1f' % -2.55 }} {{ '%r' % 'é\n' }})j",
       R"j(  3.1|ab      |-003.142|+1.23e+04|ff|FF|10|0xff|z|A|   42|42   |7|8 None True ab     3 % [1, 2] 1e-10 1E+20 x 2 3 2     é     3 -02.5 'é\n')j"},
      {"{{ '%q' % 1 }}", "!unsupported format character 'q' (0x71) at index 1"},
      {"{{ '%' % 1 }}", "!incomplete format"},
      {"{{ '%(a)s' % 1 }}", "!format requires a mapping"},
      {"{{ '%(q)s' % {} }}", "!'q'"},
      {"{{ '%x' % 1.5 }}", "!%x format: an integer is required, not float"},
      {"{{ '%s' % () }}", "!not enough arguments for format string"},
      {"{{ 'abc' % {} }}", "abc"},
      {"{{ 'abc' % 1 }}", "!not all arguments converted during string formatting"},
      {"{{ '{:>8}|{:^8}|{:<8}|{:=+8}|{:08}|{:+}|{: }'.format('a', 'b', 'c', 5, -5, 5, 5) }} {{ "
       "'{:.3f} {:.3e} {:.3g} {:g} {:G} {:.0%} {:n}'.format(1.23456, 12345.6, 0.00012345, "
       "100000.0, 1e-10, 0.256, 5) }} {{ '{:,.2f} {:_d} {:,}'.format(1234567.891, 1234567, "
       "1234567.5) }} {{ '{!s:>5} {!r:>6}'.format('a', 'b') }} {{ '{0[1]} {0[0]}'.format(l) }} {{ "
       "'{a[k]} {a.k}'.format(a={'k': 1}) }} {{ '{:x>{}}'.format('a', 5) }} {{ '{:%}'.format(1) }} "
       "{{ '{:e}'.format(0) }} {{ '{:.2}'.format(3.14159) }} {{ '{:10.3}|'.format(2.0) }} {{ '{:b} "
       "{:o} {:X} {:#b} {:#o}'.format(5, 8, 255, 5, 8) }} {{ '{:é^7}'.format('x') }} {{ "
       "'{:_x}'.format(1048575) }} {{ '{:s}'.format('q') }} {{ '{}'.format(none) }} {{ "
       "'{}'.format(1.0) }} {{ '{:f} {:F}'.format(1, 2) }} {{ '{:^5}'.format('ab') }} {{ "
       "'{:^5}'.format(12) }} {{ '{:5}|{:5}'.format(true, 'a') if false }}",
       "       a|   b    |c       |+      5|-0000005|+5| 5 1.235 1.235e+04 0.000123 100000 1E-10 "
       "26% 5 1,234,567.89 1_234_567 1,234,567.5     a    'b' 1 3 1 1 xxxxa 100.000000% "
       "0.000000e+00 3.1        2.0| 101 10 FF 0b101 0o10 éééxééé f_ffff q None 1.0 1.000000 "
       "2.000000  ab    12   "},
      {"{{ '{:s}'.format(5) }}", "!Unknown format code 's' for object of type 'int'"},
      {"{{ '{:q}'.format(5) }}", "!Unknown format code 'q' for object of type 'int'"},
      {"{{ '{:>5}'.format([1]) }}", "!unsupported format string passed to list.__format__"},
      {"{{ '}'.format() }}", "!Single '}' encountered in format string"},
      {"{{ '{a}'.format() }}", "!'a'"},
      {"{{ '{0.x}'.format(d) }} {{ '{0.__class__}'.format(1) }}", "1 "},
      {"{{ '{a}'.format_map({'a': 1}) }}", "1"},
  });
}

TEST(TemplateCorner, json_and_escaped_text) {
  expect_cases({
      {"{{ d|tojson(indent=0) }} {{ d|tojson(indent='--') }} {{ [1,[2,[]]]|tojson(indent=1) }} {{ "
       "{'b': {'d': 1, 'c': 2}, 'a': 1}|tojson(sort_keys=true, indent=1) }} {{ {1:1,'a':2}|tojson "
       "}}",
       "{\n\"x\": 1,\n\"y\": [\n1,\n2\n],\n\"z\": null\n} {\n--\"x\": 1,\n--\"y\": "
       "[\n----1,\n----2\n--],\n--\"z\": null\n} [\n 1,\n [\n  2,\n  []\n ]\n] {\n \"a\": 1,\n "
       "\"b\": {\n  \"c\": 2,\n  \"d\": 1\n }\n} {\"1\": 1, \"a\": 2}"},
      {"{{ {1:1,'a':2}|tojson(sort_keys=true) }}",
       "!'<' not supported between instances of 'str' and 'int'"},
      {"{{ range(3)|tojson }}", "!Object of type range is not JSON serializable"},
      {"{{ d.items()|tojson }}", "!Object of type dict_items is not JSON serializable"},
      {R"j({{ d.keys()|list|tojson }} {{ d|items|list|tojson }} {{ (1,'a')|tojson }} {{ 'a/b</script>'|tojson }} {{ '\x00\x1f\x7f'|tojson }} {{ 1e-7|tojson }} {{ -0.0|tojson }} {{ 1e400|tojson }} {{ 'é'|tojson(ensure_ascii=true) }})j",
       "[\"x\", \"y\", \"z\"] [[\"x\", 1], [\"y\", [1, 2]], [\"z\", null]] [1, \"a\"] "
       "\"a/b</script>\" \"\\u0000\\u001f\177\" 1e-07 -0.0 Infinity \"\\u00e9\""},
      {"{{ s|tojson|tojson }} {{ s|tojson is string }} {{ (s|safe)|tojson }} {{ html|safe|upper }} "
       "{{ (html|safe).upper() }} {{ (html|safe)[0:3] ~ html }} {{ (html|safe)|replace('b', '<') "
       "}} {{ (html|e)|length }} {{ html|e|trim|string + '<' }} {{ (('a'|safe) ~ '<') + '<' }} {{ "
       "['<', '>'|safe]|join('&') }}",
       R"j("\"hello World\"" True "hello World" <B>&'" <B>&'" <b><b>&'" <<>&'" 24 &lt;b&gt;&amp;&#39;&#34;&lt; a<< <&>)j"},
      {"{{ ('a'|safe) * 2 + '<' }} {{ ('a'|safe).split('x')[0] + '<' }} {{ '<' + ('a'|safe) }} {{ "
       "[('a'|safe)]|string }} {{ ('%s'|safe).format('<') if false }}{{ {'a'|safe: 1} }}",
       "aa&lt; a&lt; &lt;a [Markup('a')] {Markup('a'): 1}"},
  });
}

TEST(TemplateCorner, globals_slices_and_conditions) {
  expect_cases({
      {"{{ loop }}", ""},
      {"{{ caller }}|{{ varargs }}|{{ kwargs }}", "||"},
      {"{{ super() }}", "!'super' is undefined"},
      {"{{ cycler() }}", "!at least one item has to be provided"},
      {"{{ joiner('-')() }}|", "|"},
      {"{{ cycler(1,2).foo }}|", "|"},
      {"{{ strftime_now('%q') if false }}{{ strftime_now('') }}|{{ strftime_now('100%') }}|{{ "
       "strftime_now('%e|%k|%l|%_d|%-m|%^a|%s') if false }}",
       "|100%|"},
      {"{{ raise_exception(5) }}", "!5"},
      {"{{ messages[0]['content'] if messages[0]['role'] == 'user' else raise_exception('x') }}",
       "Hi"},
      {"{{ [1,2,3,4,5][1:-1:2] }} {{ 'abcdef'[-2:0:-2] }} {{ (1,2,3)[::-1] }} {{ "
       "range(10)[::3]|list }} {{ range(10)[-3:]|list }} {{ range(10)[::-2] }} {{ l[5:] }} {{ "
       "l[-9:2] }} {{ ''[0:1] }}|{{ l[true:] }}",
       "[2, 4] ec (3, 2, 1) [0, 3, 6, 9] [7, 8, 9] range(9, -1, -2) [] [3, 1] |[1, 2]"},
      {"{{ l[::0] }}", "!slice step cannot be zero"},
      {"{{ d[1:2] }}|{{ d[1:2] is defined }}|{{ n[1:] is defined }}", "!unhashable type: 'slice'"},
      {"{{ d[1,2] is defined }} {{ {(1,2): 3}[1,2] }}", "False 3"},
      {"{{ l[:1][0] }} {{ l[0:2][::-1][0] }} {{ d['y'][-1] }}", "3 1 2"},
      {"{{ 1if true else 2 }} {{ 1 if true }}{{ 2 if false }} {{ (2 if false) is defined }}",
       "1 1 False"},
      {"{{ (2 if false).x }}",
       "!the inline if-expression on line 1 evaluated to false and no else section was defined."},
      {"{{ a.b.c if a.b else 'none' }}", "none"},
      {R"j({{ "a" "b" 'c' }} {{ 'it''s' }})j", "abc its"},
  });
}

TEST(TemplateCorner, malformed_sources_are_refused) {
  expect_cases({
      {"{{ 1.e5 }}", ""},
      {"{{ .5 }}", "!unexpected '.'"},
      {"{{ 1__0 }}", "!expected token 'end of print statement', got '__0'"},
      {"{{ 0777 }}", "!expected token 'end of print statement', got 'integer'"},
      {"{{ 1e5 }} {{ 1E+2 }} {{ 1_0.5_0 }} {{ 0_0 }} {{ 0xFF }} {{ 0B11 }} {{ l.0.real }}",
       "100000.0 100.0 10.5 0 255 3 3"},
      {"{{ é }}{% set é = 1 %}{{ é }}{{ '' if éa }}", "1"},
      {"{{ a$ }}", "!unexpected char '$' at 4"},
      {"{{ a ? b }}", "!unexpected char '?' at 5"},
      {"{{ a = 1 }}", "!expected token 'end of print statement', got '='"},
      {"{{ a; b }}", "!expected token 'end of print statement', got ';'"},
      {"{{ }}", "!Expected an expression, got 'end of print statement'"},
      {"{% %}", "!tag name expected"},
      {"{% set %}", "!Expected an expression, got 'end of statement block'"},
      {"{% set x = %}", "!Expected an expression, got 'end of statement block'"},
      {"{% set x %}",
       "!Unexpected end of template. Jinja was looking for the following tags: 'endset'. The "
       "innermost block that needs to be closed is 'set'."},
      {"{% set a.b.c = 2 %}", "!expected token 'end of statement block', got '.'"},
      {"{% for x %}", "!expected token 'in', got 'end of statement block'"},
      {"{% for x in %}", "!Expected an expression, got 'end of statement block'"},
      {"{% for x in l %}",
       "!Unexpected end of template. Jinja was looking for the following tags: 'endfor' or 'else'. "
       "The innermost block that needs to be closed is 'for'."},
      {"{% for x.y in l %}{% endfor %}", "!expected token 'in', got '.'"},
      {"{% endif %}", "!Encountered unknown tag 'endif'."},
      {"{% macro %}", "!expected token 'name', got 'end of statement block'"},
      {"{% macro m %}", "!expected token '(', got 'end of statement block'"},
      {"{% macro m(1) %}{% endmacro %}", "!expected token 'name', got 'integer'"},
      {"{% call %}{% endcall %}", "!unexpected 'end of statement block'"},
      {"{% call m %}{% endcall %}", "!expected call"},
      {"{% filter %}{% endfilter %}", "!expected token 'name', got 'end of statement block'"},
      {"{% filter nosuch %}{% endfilter %}", "!No filter named 'nosuch'."},
      {"{% with a %}{% endwith %}", "!expected token '=', got 'end of statement block'"},
      {"{% with a = 1 b = 2 %}{% endwith %}", "!expected token ',', got 'b'"},
      {"{% generation %}",
       "!Unexpected end of template. Jinja was looking for the following tags: 'endgeneration'. "
       "The innermost block that needs to be closed is 'generation'."},
      {"{% print %}", ""},
      {"{% 1 %}", "!tag name expected"},
      {"{{ a | }}", "!expected token 'name', got 'end of print statement'"},
      {"{{ a | 1 }}", "!expected token 'name', got 'integer'"},
      {"{{ a is }}", "!expected token 'name', got 'end of print statement'"},
      {"{{ a is 1 }}", "!expected token 'name', got 'integer'"},
      {"{{ a is not }}", "!expected token 'name', got 'end of print statement'"},
      {"{{ a[ }}", "!unexpected '}', expected ']'"},
      {"{{ a(1, }}", "!unexpected '}', expected ')'"},
      {"{{ a(*) }}", "!unexpected ')'"},
      {"{{ f(**a, b) }}", "!invalid syntax for function call expression"},
      {"{{ f(*a, b) }}", "!invalid syntax for function call expression"},
      {"{{ [1, }}", "!unexpected '}', expected ']'"},
      {"{{ [1 2] }}", "!expected token ',', got 'integer'"},
      {"{{ {1} }}", "!expected token ':', got '}'"},
      {"{{ {1: } }}", "!unexpected '}'"},
      {"{{ {,} }}", "!unexpected ','"},
      {"{{ (,) }}", "!unexpected ','"},
      {"{{ () }} {{ (1,) }} {{ [1,] }} {{ {'a':1,} }} {{ 1, 2 }} {{ dict(a=1,) }}",
       "() (1,) [1] {'a': 1} (1, 2) {'a': 1}"},
      {"{{ not }}", "!unexpected 'end of print statement'"},
      {"{{ a and }}", "!unexpected 'end of print statement'"},
      {"{{ 'a' if }}", "!unexpected 'end of print statement'"},
      {"{{ a }", "!unexpected '}'"},
      {"{% if a }", "!unexpected '}'"},
      {"{{ a %}", "!unexpected '}'"},
      {"{# a #} #}", " #}"},
      {R"j({{ "unterminated }})j", R"j(!unexpected char '"' at 3)j"},
      {"{{ a.1 }} {{ a['1'] }} {{ l.-1 }}", "!expected name or number"},
      {"{{ (a).b }} {{ [a][0] }} {{ {'a': a}.a }} {{ 'abc'.upper().lower()[0] }} {{ (l + "
       "[4])|length }}",
       " 1 1 a 4"},
      {"{{ a if b if n else 'x' else 'y' }}",
       "!expected token 'end of print statement', got 'else'"},
      {"{{ not not a }} {{ not a == 1 }} {{ a in l and b }} {{ a or b and n }} {{ (a or b) and n "
       "}}",
       "True False 2.5 1 None"},
      {"{{ 2 if a is defined and a else 3 }} {{ a is defined == true }}", "2 True"},
      {"{{ x.y is defined }}", "!'x' is undefined"},
      {"{{ d.q.w is defined }}", "!'dict object' has no attribute 'q'"},
      {"{{ d.q is defined and d.q.w is defined }} {{ (d.q or {}).w is defined }} {{ d.get('q', "
       "{}).get('w', 'dflt') }}",
       "False False dflt"},
  });
}

TEST(TemplateCorner, tags_and_white_space) {
  expect_cases({
      {"{{ 1 }}\n\n{#- c -#}\n\n{{ 2 }}", "12"},
      {"   {# c #}   \nx", "   \nx"},
      {"{% if t -%}\n   a\n{%- else +%}\n b\n{% endif %}\n", "a"},
      {"a\n   {{- 1 }}\n", "a1"},
      {"\n\n{% if t %}\n{% endif %}\n\nx\n\n", "\n\n\nx\n"},
      {"{{ 1 }}\n{% if t %}\n{{ 2 }}\n{% endif %}\n{{ 3 }}\n", "1\n2\n3"},
      {"{%- raw -%}\n {{ a }} \n{%- endraw -%}\n", "{{ a }}"},
      {"{% raw %}{% endraw %}", ""},
      {"a{% raw %} {%- x -%} {% endraw +%}\nb", "a {%- x -%} \nb"},
      {"{%raw%}{{x}}{%endraw%}", "{{x}}"},
      {"\302\240{%- if t %}x{% endif %}", "x"},
      {"\342\200\250  {% if t %}x{% endif %}", "x"},
      {"x\013{% if t %}y{% endif %}", "x\013y"},
      {"{{ 'a\nb' }}", "a\nb"},
      {"{{ 'a\015\nb' }}", "a\nb"},
      {"{{\na\n}}", "1"},
      {"{% if\nt\n%}\nx\n{% endif\n%}\ny", "x\ny"},
      {"{#\n\n#}\n{{ undefinedx.y }}", "!'undefinedx' is undefined"},
      {"a{{ '\\\n' }}b", "ab"},
      {"{{ '{{' }}{{ '{%' }}{# {{ #}", "{{{%"},
      {"{%set x=1%}{{x}}", "1"},
      {"{%if t%}a{%endif%}", "a"},
      {"{{-1}}", "1"},
      {"{{ -1 }}{{- -1 -}}  x", "-1-1x"},
      {"{{a-}}", "1"},
      {"{%- set x = 1 -%}   \n  {{ x }}", "1"},
      {"{%+ set x = 1 +%}\n{{ x }}", "\n1"},
      {"  {%- set x = 1 %}\n  {{ x }}", "  1"},
      {"\015\n{% if t %}\015\nx\015\n{% endif %}\015\n", "\nx\n"},
  });
}

}  // namespace
}  // namespace caracal
