#pragma once
/// Tests only: small safetensors images, whole and damaged.
#include <cstring>
#include <map>
#include <span>
#include <string>
#include <string_view>

namespace caracal::samples {

/// Length, header as given, data_bytes bytes 0, 1, 2, ...
inline std::string safetensors_image(std::string_view header, size_t data_bytes) {
  const uint64_t n_bytes = header.size();
  std::string image(reinterpret_cast<const char*>(&n_bytes), 8);
  image += header;
  for (size_t i = 0; i < data_bytes; ++i) image.push_back(static_cast<char>(i));
  return image;
}

/// {"NAME":{"dtype":DTYPE,"shape":SHAPE,"data_offsets":[FIRST,LAST]}}, without the braces around.
inline std::string safetensors_entry(std::string_view name, std::string_view dtype,
                                     std::string_view shape, std::string_view offsets) {
  std::string entry = "\"";
  entry.append(name).append("\":{\"dtype\":\"").append(dtype).append("\",\"shape\":[");
  entry.append(shape).append("],\"data_offsets\":[").append(offsets).append("]}");
  return entry;
}

/// Everything that tests/fuzz/corpus/safetensors/ holds, by file name.
inline std::map<std::string, std::string> safetensors_seeds() {
  const std::string matrix = safetensors_entry("w", "F32", "2,3", "0,24");
  return {
      {"empty", safetensors_image("{}", 0)},
      {"one", safetensors_image("{" + matrix + "}  ", 24)},
      {"metadata", safetensors_image("{\"__metadata__\":{\"format\":\"pt\"}," + matrix + "}", 24)},
      {"several",
       safetensors_image("{" + safetensors_entry("b", "BF16", "3", "24,30") + "," +
                             safetensors_entry("none", "F16", "0,4", "24,24") + "," +
                             safetensors_entry("scalar", "I64", "", "30,38") + "," + matrix + "," +
                             safetensors_entry("packed", "F4", "4", "38,40") + "}",
                         40)},
  };
}

}  // namespace caracal::samples
