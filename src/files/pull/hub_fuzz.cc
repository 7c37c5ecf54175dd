/// Listings of the hub, project pages, METADATA and what a user writes behind `pull`.
#include "base/error.h"
#include "files/pull/hub_selection.h"
#include "files/pull/package_index.h"
#include "files/pull/package_version.h"
#include "files/pull/wheel_model.h"

using namespace caracal;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto tolerate = [](auto f) {
    try {
      f();
    } catch (const Error&) {
    }
  };
  tolerate([&] { parse_model_source(text, "https://huggingface.co"); });
  tolerate([&] {
    const HubListing listing = parse_hub_listing(text, "http://hub");
    for (const char* quant : {"", "Q4_K_M"})
      tolerate([&] { select_hub_files(listing, {.repo = "o/r", .quant = quant}); });
  });
  tolerate([&] { parse_project_page({std::string(text), "http://index/simple/x/"}); });
  tolerate([&] { required_parts(text); });
  licence_of(text);
  parse_package_version(text);
  return 0;
}
