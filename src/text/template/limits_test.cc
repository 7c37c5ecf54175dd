/// A template is hostile input: whatever it does ends soon, with one error.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "text/template/template_case.h"

namespace caracal {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

/// Small limits, so that the tests are fast under the sanitizers.
TemplateLimits small() {
  TemplateLimits limits;
  limits.max_steps = 300'000;
  limits.max_output_bytes = 1 << 20;
  limits.max_memory_bytes = 8 << 20;
  return limits;
}

std::string rendered(const std::string& source) {
  return render_or_error(source, template_case_input(), small());
}

std::string repeated(const std::string& text, int n) {
  std::string out;
  for (int i = 0; i < n; ++i) out += text;
  return out;
}

TEST(TemplateLimits, endless_work_runs_out_of_steps) {
  const std::string in_loops =
      "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}";
  EXPECT_THAT(rendered(in_loops), HasSubstr("steps, the limit"));
  EXPECT_THAT(rendered("{{ range(10**9)|length }}"), HasSubstr("Range too big"));
  EXPECT_THAT(rendered("{% for a in range(99999) %}{{ range(99999)|sum }}{% endfor %}"),
              HasSubstr("steps"));
  EXPECT_THAT(
      rendered("{% for a in range(99999) %}{% set x = range(99999)|list == [] %}{% endfor %}"),
      HasSubstr("limit"));
  EXPECT_THAT(
      rendered(
          "{% set ns = namespace(x=[]) %}{% for i in range(99) %}{% set ns.x = [ns.x, ns.x] "
          "%}{% endfor %}{% set ns.y = [] %}{% for i in range(99) %}{% set ns.y = [ns.y, ns.y] "
          "%}{% endfor %}{{ ns.x == ns.y }}"),
      HasSubstr("steps"));
}

TEST(TemplateLimits, endless_recursion_hits_the_depth) {
  EXPECT_THAT(rendered("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}"),
              HasSubstr("levels deep"));
  EXPECT_THAT(
      rendered("{% macro m() %}{% if a %}{% for x in l %}{{ (((m()))) }}{% endfor %}{% endif "
               "%}{% endmacro %}{{ m() }}"),
      HasSubstr("levels deep"));
  EXPECT_THAT(rendered("{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}"),
              HasSubstr("levels deep"));
  EXPECT_THAT(
      rendered("{% macro m() %}{% call m() %}{% endcall %}{{ caller() }}{% endmacro %}{{ m() }}"),
      HasSubstr("levels deep"));
  EXPECT_THAT(rendered("{% set ns = namespace() %}{% set ns.x = [ns] %}{{ ns }}"),
              HasSubstr("recursion"));
}

TEST(TemplateLimits, output_bombs_are_defused) {
  EXPECT_THAT(rendered("{% set x = 'ab' * 100000 %}{% for a in range(9999) %}{{ x }}{% endfor %}"),
              HasSubstr("output is longer"));
  for (const char* source :
       {"{{ 'a' * 10**15 }}", "{{ [0] * 10**15 }}", "{{ 'a'.center(10**15) }}",
        "{{ '%999999999999d' % 1 }}", "{{ '{:999999999999}'.format('a') }}",
        "{{ 'a'|indent(10**15) }}", "{{ 'a'.zfill(10**15) }}", "{{ 'a\t'.expandtabs(10**15) }}",
        "{{ d|tojson(indent=10**15) }}", "{{ [1]|batch(10**9, 0)|list }}",
        "{{ [1]|slice(10**9)|list }}", "{{ '%.999999999f' % 1 }}",
        "{{ ('a' * 10**6).replace('a', 'b' * 10**6) }}",
        "{{ ('a' * 10**6).replace('', 'b' * 10**6) }}", "{{ ([''] * 10**5)|join('a' * 10**5) }}",
        "{% set ns = namespace(x='a') %}{% for i in range(99) %}{% set ns.x = ns.x ~ ns.x %}{% "
        "endfor %}",
        "{% set ns = namespace(x=['a' * 999]) %}{% for i in range(99) %}{% set ns.x = [ns.x, ns.x] "
        "%}{% endfor %}{{ ns.x|string|length }}",
        "{% set ns = namespace(x=['a' * 999]) %}{% for i in range(99) %}{% set ns.x = [ns.x, ns.x] "
        "%}{% endfor %}{{ ns.x|tojson|length }}"}) {
    const std::string got = rendered(source);
    EXPECT_THAT(got, StartsWith("!chat template line 1")) << source;
    EXPECT_LT(got.size(), 300u) << source;
  }
}

TEST(TemplateLimits, captured_text_counts_as_output) {
  EXPECT_THAT(
      rendered("{% set x = 'ab' * 100000 %}{% set y %}{% for a in range(9999) %}{{ x }}{% endfor "
               "%}{% endset %}"),
      HasSubstr("output is longer"));
}

TEST(TemplateLimits, values_do_not_nest_without_end) {
  const std::string list =
      "{% set ns = namespace(x=0) %}{% for i in range(9999) %}{% set ns.x = [ns.x] %}{% endfor %}";
  EXPECT_THAT(rendered(list), HasSubstr("nested more than"));
  EXPECT_THAT(rendered("{% set ns = namespace(x=l) %}{% for i in range(9999) %}{% set ns.x = "
                       "ns.x|map('string') %}{% endfor %}{{ ns.x|list }}"),
              HasSubstr("nested more than"));
  EXPECT_THAT(
      rendered("{% set ns = namespace(x=0) %}{% for i in range(9999) %}{% set ns.x = [[][[ns.x]]] "
               "%}{% endfor %}"),
      HasSubstr("nested more than"));
}

TEST(TemplateLimits, chains_of_macros_are_freed_without_recursion) {
  EXPECT_EQ(
      rendered(
          "{% set ns = namespace(f=0) %}{% macro m() %}{% set old = ns.f %}{% macro inner() "
          "%}{{ old }}{% endmacro %}{% set ns.f = inner %}{% endmacro %}{% for i in range(9999) "
          "%}{{ m() }}{% endfor %}done"),
      "done");
}

TEST(TemplateLimits, deep_nesting_in_the_source_is_refused) {
  const int n = 20'000;
  for (const std::string& source :
       {"{{ " + repeated("(", n), "{{ " + repeated("[", n), "{{ " + repeated("{1:", n),
        "{{ " + repeated("-", n), "{{ " + repeated("not ", n), "{{ a" + repeated("+a", n) + " }}",
        "{{ a" + repeated(".a", n) + " }}", "{{ a" + repeated("|e", n) + " }}",
        "{{ a" + repeated("()", n) + " }}", "{{ a" + repeated("[0]", n) + " }}",
        "{{ a" + repeated(" if a else a", n) + " }}", "{{ a" + repeated(" is a()", n),
        repeated("{% if a %}", n), repeated("{% for a in b %}", n), repeated("{% macro a() %}", n),
        "{% set " + repeated("(", n), "{{ a" + repeated(" and a", n) + " }}",
        "{{ a" + repeated("**a", n) + " }}"}) {
    TemplateLimits limits;
    limits.max_source_bytes = 1 << 24;
    const std::string got = render_or_error(source, template_case_input(), limits);
    EXPECT_THAT(got, HasSubstr("nested more than 200 deep")) << source.substr(0, 40);
  }
}

TEST(TemplateLimits, wide_sources_are_fine) {
  EXPECT_EQ(
      rendered("{% if a == 0 %}" + repeated("{% elif a == 0 %}", 2000) + "{% else %}x{% endif %}"),
      "x");
  EXPECT_EQ(rendered("{{ ''" + repeated(" ~ 'a'", 2000) + " }}"), repeated("a", 2000));
  std::string many;
  for (int i = 0; i < 3000; ++i) {
    many += "{% if a == 2 %}{% set v" + std::to_string(i) + " = 1 %}{% endif %}";
  }
  EXPECT_EQ(rendered(many + "x"), "x");
}

TEST(TemplateLimits, a_long_source_is_refused) {
  EXPECT_THAT(render_or_error(std::string((1 << 20) + 1, 'a')),
              HasSubstr("more than 1048576, the limit"));
}

TEST(TemplateLimits, integers_stay_in_64_bits) {
  for (const char* source :
       {"{{ 9223372036854775807 + 1 }}", "{{ -9223372036854775807 - 2 }}", "{{ 2 ** 64 }}",
        "{{ (-9223372036854775807 - 1) // -1 }}", "{{ -(-9223372036854775807 - 1) }}",
        "{{ 99999999999999999999 }}", "{{ '99999999999999999999'|int }}", "{{ 1e300|int }}",
        "{{ (-9223372036854775807 - 1)|abs }}"}) {
    EXPECT_THAT(rendered(source), HasSubstr("does not fit 64 bits")) << source;
  }
  EXPECT_EQ(rendered("{{ (-9223372036854775807 - 1) % -1 }} {{ [1][::-9223372036854775807 - 1] }}"),
            "0 [1]");
}

}  // namespace
}  // namespace caracal
