#include "ops/metrics.h"

#include <map>
#include <memory>
#include <mutex>

namespace musubi::ops {

namespace {

struct Family {
  std::string help;
  std::string_view type;
  std::map<std::string, std::unique_ptr<Counter>, std::less<>> members;  // by label set
};

struct Registry {
  std::mutex mutex;
  std::map<std::string, Family, std::less<>> families;
};

// Never destroyed: counters live as long as the process.
Registry& TheRegistry() {
  static Registry& registry = *new Registry;
  return registry;
}

Counter& Get(
    std::string_view name, std::string_view help, std::string_view labels, std::string_view type
) {
  Registry& registry = TheRegistry();
  const std::scoped_lock lock(registry.mutex);
  auto family = registry.families.find(name);
  if (family == registry.families.end()) {
    Family made{std::string(help), type, {}};
    family = registry.families.emplace(std::string(name), std::move(made)).first;
  }
  auto& members = family->second.members;
  auto member = members.find(labels);
  if (member == members.end()) {
    member = members.emplace(std::string(labels), std::make_unique<Counter>()).first;
  }
  return *member->second;
}

// The text form ends a help at the line's end, so these two are escaped.
std::string EscapedHelp(std::string_view help) {
  std::string text;
  for (const char c : help) {
    if (c == '\\') {
      text += "\\\\";
    } else if (c == '\n') {
      text += "\\n";
    } else {
      text += c;
    }
  }
  return text;
}

}  // namespace

Counter& GetCounter(std::string_view name, std::string_view help, std::string_view labels) {
  return Get(name, help, labels, "counter");
}

Counter& GetGauge(std::string_view name, std::string_view help, std::string_view labels) {
  return Get(name, help, labels, "gauge");
}

std::string MetricsText() {
  Registry& registry = TheRegistry();
  const std::scoped_lock lock(registry.mutex);
  std::string text;
  for (const auto& [name, family] : registry.families) {
    text += "# HELP " + name + " " + EscapedHelp(family.help) + "\n";
    text.append("# TYPE ").append(name).append(" ").append(family.type).append("\n");
    for (const auto& [labels, counter] : family.members) {
      text += name + (labels.empty() ? "" : "{" + labels + "}") + " ";
      text += std::to_string(counter->value()) + "\n";
    }
  }
  return text;
}

}  // namespace musubi::ops
