#pragma once
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "caracal/caracal.h"

/// What a caracal_error* points to.
struct caracal_error {
  caracal_status status;
  std::string message;
};

namespace caracal::capi {

caracal_status status_of(ErrorCode code);

/// Turns the exception being handled into a status, and into *error unless error is null. Never
/// throws: where memory for the message is lacking, a static error stands in.
caracal_status report_current_exception(caracal_error** error) noexcept;

/// Runs the body of an entry point: no exception crosses the C boundary.
template <class Body>
caracal_status guard(caracal_error** error, Body&& body) noexcept {
  if (error != nullptr) *error = nullptr;
  try {
    std::forward<Body>(body)();
    return CARACAL_OK;
  } catch (...) {
    return report_current_exception(error);
  }
}

/// Throws Error(bad_request) for a null pointer where there must be something.
inline void require(const void* argument, std::string_view name) {
  if (argument == nullptr)
    throw Error(ErrorCode::bad_request, "must not be NULL", std::string(name));
}

}  // namespace caracal::capi
