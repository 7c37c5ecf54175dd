/// caracal.h: text to tokens and back.
#include "capi/text_api.h"

#include <cstdlib>
#include <cstring>
#include <new>
#include <span>

#include "base/json.h"
#include "capi/error.h"
#include "capi/model_handle.h"
#include "engine/chat_prompt.h"

namespace caracal::capi {
namespace {

/// malloc, so that caracal_free may free it without knowing what it was.
template <class T>
T* copy_out(const T* values, size_t n, size_t n_extra) {
  T* out = static_cast<T*>(std::calloc(n + n_extra + 1, sizeof(T)));
  if (out == nullptr) throw std::bad_alloc();
  if (n > 0) std::memcpy(out, values, n * sizeof(T));
  return out;
}

void give(const std::vector<TokenId>& tokens, int32_t** ids, size_t* n_ids) {
  *ids = copy_out(tokens.data(), tokens.size(), 0);
  *n_ids = tokens.size();
}

}  // namespace

std::string_view text_argument(const char* text, size_t n_bytes, std::string_view name) {
  if (n_bytes == 0) return {};
  require(text, name);
  return {text, n_bytes};
}

void check_flags(uint32_t flags, uint32_t known) {
  if ((flags & ~known) != 0)
    throw_error(ErrorCode::bad_request, "flags", "{:#x} has bits that mean nothing here", flags);
}

std::vector<TokenId> encode_text(const TextModel& model, std::string_view text, uint32_t flags) {
  check_flags(flags, CARACAL_ADD_SPECIAL | CARACAL_PARSE_SPECIAL);
  return model.tokenizer().encode(text, {.add_special = (flags & CARACAL_ADD_SPECIAL) != 0,
                                         .parse_special = (flags & CARACAL_PARSE_SPECIAL) != 0});
}

}  // namespace caracal::capi

using namespace caracal;
using namespace caracal::capi;

caracal_status caracal_tokenize(const caracal_model* model, const char* text, size_t n_bytes,
                                uint32_t flags, int32_t** ids, size_t* n_ids,
                                caracal_error** error) {
  return guard(error, [&] {
    require(model, "model");
    require(ids, "ids");
    require(n_ids, "n_ids");
    give(encode_text(model->text, text_argument(text, n_bytes, "text"), flags), ids, n_ids);
  });
}

caracal_status caracal_tokenize_chat(const caracal_model* model, const char* json, size_t n_bytes,
                                     int32_t** ids, size_t* n_ids, caracal_error** error) {
  return guard(error, [&] {
    require(model, "model");
    require(ids, "ids");
    require(n_ids, "n_ids");
    const Json conversation = parse_json(text_argument(json, n_bytes, "json"), "json");
    if (!conversation.is_object())
      throw Error(ErrorCode::bad_request, "expected an object with \"messages\"", "json");
    give(ChatPrompt(model->text, {}).encode(conversation), ids, n_ids);
  });
}

caracal_status caracal_detokenize(const caracal_model* model, const int32_t* ids, size_t n_ids,
                                  uint32_t flags, char** text, size_t* n_bytes,
                                  caracal_error** error) {
  return guard(error, [&] {
    require(model, "model");
    require(text, "text");
    if (n_ids > 0) require(ids, "ids");
    check_flags(flags, CARACAL_SKIP_SPECIAL);
    const std::string decoded = model->text.tokenizer().decode(
        std::span(ids, n_ids), {.skip_special = (flags & CARACAL_SKIP_SPECIAL) != 0});
    *text = copy_out(decoded.data(), decoded.size(), 1);
    if (n_bytes != nullptr) *n_bytes = decoded.size();
  });
}
