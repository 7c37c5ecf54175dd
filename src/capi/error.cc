#include "capi/error.h"

#include <exception>
#include <new>

namespace caracal::capi {
namespace {

caracal_error& no_memory_error() {
  static caracal_error error{CARACAL_OUT_OF_MEMORY, "out of memory"};  // short: never allocates
  return error;
}

caracal_status report(caracal_error** error, caracal_status status, const char* message) noexcept {
  if (error == nullptr) return status;
  try {
    *error = new caracal_error{status, message};
    return status;
  } catch (...) {
    *error = &no_memory_error();
    return CARACAL_OUT_OF_MEMORY;
  }
}

}  // namespace

caracal_status status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::bad_file:
      return CARACAL_BAD_FILE;
    case ErrorCode::bad_config:
      return CARACAL_BAD_CONFIG;
    case ErrorCode::bad_request:
      return CARACAL_BAD_REQUEST;
    case ErrorCode::not_found:
      return CARACAL_NOT_FOUND;
    case ErrorCode::unsupported:
      return CARACAL_UNSUPPORTED;
    case ErrorCode::io:
      return CARACAL_IO;
    case ErrorCode::out_of_memory:
      return CARACAL_OUT_OF_MEMORY;
    case ErrorCode::cancelled:
      return CARACAL_CANCELLED;
    case ErrorCode::internal:
      return CARACAL_INTERNAL;
  }
  return CARACAL_INTERNAL;
}

caracal_status report_current_exception(caracal_error** error) noexcept {
  try {
    throw;
  } catch (const Error& e) {
    return report(error, status_of(e.code()), e.what());
  } catch (const std::bad_alloc&) {
    if (error != nullptr) *error = &no_memory_error();
    return CARACAL_OUT_OF_MEMORY;
  } catch (const std::exception& e) {
    return report(error, CARACAL_INTERNAL, e.what());
  } catch (...) {
    return report(error, CARACAL_INTERNAL, "an exception of unknown type");
  }
}

}  // namespace caracal::capi

using namespace caracal::capi;

const char* caracal_status_name(caracal_status status) {
  switch (status) {
    case CARACAL_OK:
      return "ok";
    case CARACAL_BAD_FILE:
      return "bad_file";
    case CARACAL_BAD_CONFIG:
      return "bad_config";
    case CARACAL_BAD_REQUEST:
      return "bad_request";
    case CARACAL_NOT_FOUND:
      return "not_found";
    case CARACAL_UNSUPPORTED:
      return "unsupported";
    case CARACAL_IO:
      return "io";
    case CARACAL_OUT_OF_MEMORY:
      return "out_of_memory";
    case CARACAL_CANCELLED:
      return "cancelled";
    case CARACAL_INTERNAL:
      return "internal";
  }
  return "unknown";
}

caracal_status caracal_error_status(const caracal_error* error) {
  return error == nullptr ? CARACAL_OK : error->status;
}

const char* caracal_error_message(const caracal_error* error) {
  return error == nullptr ? "" : error->message.c_str();
}

void caracal_error_free(caracal_error* error) {
  if (error != &no_memory_error()) delete error;
}
