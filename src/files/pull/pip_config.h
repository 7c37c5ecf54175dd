#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "files/pull/http.h"

namespace caracal {

/// Where this machine gets Python packages from, as its pip is told.
struct PipConfig {
  std::vector<std::string> index_urls;  ///< index-url first, then extra-index-url
  HttpSettings http;                    ///< cert and proxy

  /// Reads, later ones winning: /etc/pip.conf, ~/.pip/pip.conf, $XDG_CONFIG_HOME/pip/pip.conf (or
  /// ~/.config), $VIRTUAL_ENV/pip.conf, $PIP_CONFIG_FILE (/dev/null: no file at all), and the
  /// variables PIP_INDEX_URL, PIP_EXTRA_INDEX_URL, PIP_CERT, PIP_PROXY. Certificates may also come
  /// from REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE or SSL_CERT_FILE. A file that cannot be read is passed
  /// over, as pip does.
  static PipConfig of_this_machine();
};

/// The options of [global] and then [download] in the text of a pip.conf; continuation lines are
/// joined by blanks.
std::map<std::string, std::string> parse_pip_config(std::string_view text);

}  // namespace caracal
