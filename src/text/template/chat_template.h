#pragma once
#include <memory>
#include <string>

#include "base/json_fwd.h"
#include "text/template/limits.h"

namespace caracal {

/// A chat template: turns a conversation into the prompt that a model was trained on.
///
/// The language is Jinja 3.1 as Hugging Face transformers sets it up (apply_chat_template):
/// ImmutableSandboxedEnvironment, trim_blocks, lstrip_blocks, loop controls, tojson without HTML or
/// ASCII escaping and in insertion order, raise_exception, strftime_now and {% generation %}. What
/// is left out is listed in docs/templates.md and gives an error that names it.
///
/// Immutable once made; render may be called from several threads at a time.
class ChatTemplate {
 public:
  using Limits = TemplateLimits;

  /// source: the template, UTF-8. Throws Error(bad_file) for a syntax error and Error(unsupported)
  /// for a part of Jinja that is left out; the context names the line.
  explicit ChatTemplate(std::string source, Limits limits = {});
  ~ChatTemplate();
  ChatTemplate(ChatTemplate&&) noexcept;
  ChatTemplate& operator=(ChatTemplate&&) noexcept;

  /// input: an object with messages and optionally tools, documents, add_generation_prompt (default
  /// true), bos_token, eos_token (default empty), now (ISO 8601 time for strftime_now, default the
  /// clock). Every other key becomes a variable of the template (enable_thinking and the like).
  ///
  /// Throws Error(bad_request) with the template's line and the reason: what the template itself
  /// raised, what Python would have refused, or a limit that was passed; Error(unsupported) for
  /// what this engine leaves out. Never returns a partial prompt.
  std::string render(const Json& input) const;

 private:
  struct Impl;
  std::unique_ptr<const Impl> impl_;
};

}  // namespace caracal
