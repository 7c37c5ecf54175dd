#include "cli/engine_flags.h"

#include "base/check.h"

namespace caracal::cli {

OptionGroup engine_flags_without(std::initializer_list<std::string_view> names,
                                 EngineConfig& engine) {
  OptionGroup group = bind_fields("Engine", engine_fields(), engine);
  for (const std::string_view name : names) {
    const Field<EngineConfig>* field = find_field(engine_fields(), name);
    CRCL_CHECK(field != nullptr);
    std::erase_if(group.options, [&](const Option& o) { return o.flags == field->flags; });
  }
  return group;
}

}  // namespace caracal::cli
