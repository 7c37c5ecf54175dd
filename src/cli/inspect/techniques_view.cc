#include "cli/inspect/views.h"
#include "engine/techniques.h"

namespace caracal::cli {

Report inspect_techniques(const EngineOptions&) {
  Report report;
  report.start_table(
      "techniques",
      {{"id"}, {"name"}, {"seam"}, {"flag"}, {"guarantee"}, {"bound"}, {"state"}, {"paper"}});
  for (const TechniqueInfo& t : techniques())
    report.add_row({t.id, t.name, t.seam, t.flag, name_of(t.guarantee), t.bound, t.state, t.paper});
  return report;
}

}  // namespace caracal::cli
