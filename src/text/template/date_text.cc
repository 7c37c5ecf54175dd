#include "text/template/date_text.h"

#include <charconv>
#include <cstdint>

#include "text/template/failure.h"

namespace caracal::jinja {
namespace {

constexpr const char* kDays[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                 "Thursday", "Friday", "Saturday"};
constexpr const char* kMonths[] = {"January",   "February", "March",    "April",
                                   "May",       "June",     "July",     "August",
                                   "September", "October",  "November", "December"};

bool is_leap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

/// Days since 1970-01-01 (Hinnant, "chrono-compatible low-level date algorithms").
int64_t days_from_civil(int64_t year, int month, int day) {
  year -= month <= 2;
  const int64_t era = (year >= 0 ? year : year - 399) / 400;
  const int64_t year_of_era = year - era * 400;
  const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
         719468;
}

/// ISO 8601 week number and the year it belongs to.
std::pair<int, int> iso_week(const std::tm& t) {
  int year = t.tm_year + 1900;
  const int weekday = (t.tm_wday + 6) % 7;  // Monday is 0
  int week = (t.tm_yday - weekday + 10) / 7;
  const auto weeks_in = [](int y) {
    const int64_t first = days_from_civil(y, 1, 1);
    const int weekday_of_first = static_cast<int>(((first + 3) % 7 + 7) % 7);
    return weekday_of_first == 3 || (weekday_of_first == 2 && is_leap(y)) ? 53 : 52;
  };
  if (week < 1) return {weeks_in(--year), year};
  if (week > weeks_in(year)) return {1, year + 1};
  return {week, year};
}

class DateWriter {
 public:
  explicit DateWriter(const std::tm& time) : t_(time) {}

  std::string run(std::string_view format) {
    std::string out;
    for (size_t i = 0; i < format.size(); ++i) {
      if (format[i] != '%' || i + 1 == format.size()) {
        out += format[i];
        continue;
      }
      char flag = 0;
      while (i + 2 < format.size() &&
             std::string_view("-_0^").find(format[i + 1]) != std::string_view::npos) {
        flag = format[++i];
      }
      out += directive(format[++i], flag);
    }
    return out;
  }

 private:
  static std::string padded(int64_t value, int width, char flag, char fill) {
    if (flag == '-') width = 0;
    if (flag == '_') fill = ' ';
    if (flag == '0') fill = '0';
    std::string digits = std::to_string(value);
    const size_t missing =
        static_cast<size_t>(width) > digits.size() ? static_cast<size_t>(width) - digits.size() : 0;
    return std::string(missing, fill) + digits;
  }

  static std::string name(std::string text, char flag) {
    if (flag == '^') {
      for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    }
    return text;
  }

  std::string directive(char d, char flag) {
    const auto number = [&](int64_t value, int width, char fill = '0') {
      return padded(value, width, flag, fill);
    };
    const int hour12 = t_.tm_hour % 12 == 0 ? 12 : t_.tm_hour % 12;
    const std::string day = kDays[t_.tm_wday], month = kMonths[t_.tm_mon];
    switch (d) {
      case 'a':
        return name(day.substr(0, 3), flag);
      case 'A':
        return name(day, flag);
      case 'b':
      case 'h':
        return name(month.substr(0, 3), flag);
      case 'B':
        return name(month, flag);
      case 'c':
        return run("%a %b %e %H:%M:%S %Y");
      case 'C':
        return number((t_.tm_year + 1900) / 100, 2);
      case 'd':
        return number(t_.tm_mday, 2);
      case 'D':
      case 'x':
        return run("%m/%d/%y");
      case 'e':
        return number(t_.tm_mday, 2, ' ');
      case 'f':
        return "000000";
      case 'F':
        return run("%Y-%m-%d");
      case 'g':
        return number(iso_week(t_).second % 100, 2);
      case 'G':
        return number(iso_week(t_).second, 4);
      case 'H':
        return number(t_.tm_hour, 2);
      case 'I':
        return number(hour12, 2);
      case 'j':
        return number(t_.tm_yday + 1, 3);
      case 'k':
        return number(t_.tm_hour, 2, ' ');
      case 'l':
        return number(hour12, 2, ' ');
      case 'm':
        return number(t_.tm_mon + 1, 2);
      case 'M':
        return number(t_.tm_min, 2);
      case 'n':
        return "\n";
      case 'p':
        return t_.tm_hour < 12 ? "AM" : "PM";
      case 'P':
        return t_.tm_hour < 12 ? "am" : "pm";
      case 'r':
        return run("%I:%M:%S %p");
      case 'R':
        return run("%H:%M");
      case 'S':
        return number(t_.tm_sec, 2);
      case 't':
        return "\t";
      case 'T':
      case 'X':
        return run("%H:%M:%S");
      case 'u':
        return number(t_.tm_wday == 0 ? 7 : t_.tm_wday, 1);
      case 'U':
        return number((t_.tm_yday + 7 - t_.tm_wday) / 7, 2);
      case 'V':
        return number(iso_week(t_).first, 2);
      case 'w':
        return number(t_.tm_wday, 1);
      case 'W':
        return number((t_.tm_yday + 7 - (t_.tm_wday + 6) % 7) / 7, 2);
      case 'y':
        return number(t_.tm_year % 100, 2);
      case 'Y':
        return std::to_string(t_.tm_year + 1900);
      case 'z':
      case 'Z':
        return "";  // Python's datetime.now() has no zone
      case '%':
        return "%";
      default:
        unsupported("strftime_now: the directive %{}", d);
    }
  }

  const std::tm& t_;
};

}  // namespace

std::string date_text(std::string_view format, const std::tm& time) {
  return DateWriter(time).run(format);
}

std::tm parse_date(std::string_view text) {
  size_t at = 0;
  bool good = true;
  const auto number = [&](size_t n_digits, int low, int high) {
    int value = 0;
    const char* begin = text.data() + at;
    const bool fits = at + n_digits <= text.size();
    good = good && fits &&
           std::from_chars(begin, begin + n_digits, value).ptr == begin + n_digits &&
           value >= low && value <= high;
    at += n_digits;
    return value;
  };
  const auto sign = [&](std::string_view any) {
    good = good && at < text.size() && any.find(text[at]) != std::string_view::npos;
    ++at;
  };
  std::tm t{};
  t.tm_year = number(4, 1, 9999) - 1900;
  sign("-"), t.tm_mon = number(2, 1, 12) - 1;
  sign("-"), t.tm_mday = number(2, 1, 31);
  if (good && at < text.size()) {
    sign("T "), t.tm_hour = number(2, 0, 23);
    sign(":"), t.tm_min = number(2, 0, 59);
    if (good && at < text.size() && text[at] == ':') ++at, t.tm_sec = number(2, 0, 59);
  }
  static constexpr int kLengths[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  good = good && t.tm_mday <= kLengths[t.tm_mon] &&
         (t.tm_mon != 1 || t.tm_mday < 29 || is_leap(t.tm_year + 1900));
  if (!good) fail("now: expected a time as 2026-01-02T03:04:05, found \"{}\"", text);
  const int64_t days = days_from_civil(t.tm_year + 1900, t.tm_mon + 1, t.tm_mday);
  t.tm_yday = static_cast<int>(days - days_from_civil(t.tm_year + 1900, 1, 1));
  t.tm_wday = static_cast<int>(((days + 4) % 7 + 7) % 7);
  return t;
}

std::tm local_now() {
  const std::time_t now = std::time(nullptr);
  std::tm t{};
  localtime_r(&now, &t);
  return t;
}

}  // namespace caracal::jinja
