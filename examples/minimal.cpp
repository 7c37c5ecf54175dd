// Asks a chat model one question and prints the answer as it comes; a model without a chat template
// continues the text instead. Builds with the CMakeLists.txt beside it.
//
//   ./minimal model.gguf "Why is the sky blue?"
#include <caracal/caracal.hpp>
#include <iostream>

namespace {

std::string json_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) >= ' ') out += c;
  }
  return out + "\"";
}

std::vector<caracal::TokenId> prompt_tokens(const caracal::Model& model, std::string_view text) {
  const auto chat =
      model.tokenize_chat(R"({"messages":[{"role":"user","content":)" + json_string(text) + "}]}");
  return chat.ok() ? chat.value() : model.tokenize(text).value();
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 3) {
    std::cerr << "usage: minimal MODEL.gguf TEXT\n";
    return 2;
  }
  caracal::Model model = caracal::Model::load(argv[1]).value();

  caracal::GenerateOptions options;
  options.max_tokens = 32;
  options.temp = 0;
  options.on_text = [](std::string_view text) {
    std::cout << text << std::flush;
    return true;
  };
  const auto answer = model.generate(prompt_tokens(model, argv[2]), options).value();
  std::cout << "\n[" << answer.timings.n_generated << " tokens]\n";
} catch (const caracal::Error& error) {
  std::cerr << "minimal: " << error.what() << "\n";
  return 1;
}
