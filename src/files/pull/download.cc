#include "files/pull/download.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>
#include <thread>

#include "files/pull/part_file.h"
#include "files/pull/transfer.h"
#include "files/pull/url.h"

namespace caracal {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr uint64_t kMinPiece = 4 << 20;     // below, another request costs more than it brings
constexpr uint64_t kMinAdvance = 64 << 10;  // an attempt that brought less counts as failed
constexpr int kMaxFailures = 5;             // in a row
constexpr auto kFirstPause = 100ms;         // before the second attempt; doubled each time
constexpr auto kLongestPause = 30s;         // however long the server asks us to wait
constexpr auto kSaveEvery = 1s;
constexpr int kPollMs = 200;

/// Failures of the connection, after which asking for the rest makes sense.
bool is_interruption(CURLcode code) {
  return code == CURLE_PARTIAL_FILE || code == CURLE_RECV_ERROR || code == CURLE_GOT_NOTHING ||
         code == CURLE_OPERATION_TIMEDOUT || code == CURLE_HTTP2_STREAM || code == CURLE_HTTP2 ||
         code == CURLE_SEND_ERROR;
}

bool is_passing(long status) {
  return status == 408 || status == 429 || status == 500 || status == 502 || status == 503 ||
         status == 504;
}

uint64_t number(std::string_view text) {
  uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// "bytes 100-199/300".
struct ContentRange {
  uint64_t begin = 0;
  uint64_t total = 0;  // 0: not said

  static ContentRange parse(std::string_view text) {
    ContentRange range;
    if (!text.starts_with("bytes ")) return range;
    range.begin = number(text.substr(6));
    if (const size_t slash = text.find('/'); slash != text.npos)
      range.total = number(text.substr(slash + 1));
    return range;
  }
};

ContentIdentity identity_of(const ResponseHeaders& headers) {
  ContentIdentity identity{.n_bytes = number(headers.find("content-length")),
                           .etag = std::string(headers.find("etag"))};
  const bool is_strong = identity.etag.starts_with('"');
  identity.validator = is_strong ? identity.etag : std::string(headers.find("last-modified"));
  return identity;
}

/// One request for a piece of the body.
struct Piece {
  uint64_t at = 0;  ///< next byte
  uint64_t end = 0;
  uint64_t started_at = 0;
  bool is_range = false;    ///< asked for as a range
  bool is_checked = false;  ///< the headers of the answer were looked at
  bool is_cut = false;      ///< another piece took its end over
  std::unique_ptr<CURL, CurlCleanup> handle;
  std::unique_ptr<Transfer> transfer;
};

class Download {
 public:
  Download(const HttpSettings& settings, const DownloadRequest& request,
           const std::filesystem::path& part, const TransferProgress& progress)
      : settings_(settings),
        request_(request),
        progress_(progress),
        part_(part),
        multi_(curl_multi_init(), &curl_multi_cleanup) {
    if (!multi_) throw_error(ErrorCode::io, redact_url(request.url), "cannot set up HTTP");
    curl_multi_setopt(multi_.get(), CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_NOTHING));
    const bool fits = request_.n_bytes == 0 || part_.identity().n_bytes == request_.n_bytes;
    if (part_.is_begun() && fits) {
      waiting_ = part_.missing();
      has_identity_ = knows_ranges_ = true;
    } else {
      start_over();
    }
  }

  ~Download() {
    for (const auto& piece : pieces_) curl_multi_remove_handle(multi_.get(), piece->handle.get());
  }

  void run() {
    try {
      while (!(waiting_.empty() && pieces_.empty())) {
        start_pieces();
        move_bytes();
        finish_pieces();
        if (restart_) start_over();
        report();
      }
      part_.save({});
    } catch (const Error&) {
      if (has_identity_) part_.save(missing());
      throw;
    }
  }

 private:
  void start_over() {
    drop_pieces();
    waiting_ = {{0, UINT64_MAX}};
    has_identity_ = false;
    restart_ = false;
  }

  void drop_pieces() {
    for (const auto& piece : pieces_) curl_multi_remove_handle(multi_.get(), piece->handle.get());
    pieces_.clear();
  }

  void start_pieces() {
    if (Clock::now() < pause_until_) return;
    const auto allowed =
        static_cast<size_t>(has_identity_ && knows_ranges_ ? std::max(request_.connections, 1) : 1);
    while (pieces_.size() < allowed) {
      if (waiting_.empty() && !halve_longest_piece()) return;
      start_piece(waiting_.back());
      waiting_.pop_back();
    }
  }

  /// Leaves the second half of the longest piece under way in waiting_.
  bool halve_longest_piece() {
    Piece* longest = nullptr;
    for (const auto& piece : pieces_)
      if (!longest || piece->end - piece->at > longest->end - longest->at) longest = piece.get();
    if (!longest || longest->end - longest->at < 2 * kMinPiece) return false;
    const uint64_t middle = longest->at + (longest->end - longest->at) / 2;
    waiting_.push_back({middle, longest->end});
    longest->end = middle;
    longest->is_cut = true;
    return true;
  }

  void start_piece(const ByteRange& range) {
    auto piece = std::make_unique<Piece>();
    piece->at = piece->started_at = range.begin;
    piece->end = range.end;
    piece->is_range = has_identity_ && knows_ranges_;
    piece->handle.reset(curl_easy_init());
    piece->transfer = std::make_unique<Transfer>(
        piece->handle.get(), settings_, request_.url, request_.headers,
        [this, to = piece.get()](std::string_view bytes) { return take(*to, bytes); });
    if (piece->is_range) {
      piece->transfer->set_range(fmt::format("{}-{}", range.begin, range.end - 1));
      if (const std::string& validator = part_.identity().validator; !validator.empty())
        piece->transfer->add_header("If-Range: " + validator);
    }
    curl_multi_add_handle(multi_.get(), piece->handle.get());
    pieces_.push_back(std::move(piece));
  }

  void move_bytes() {
    int n_running = 0;
    curl_multi_perform(multi_.get(), &n_running);
    if (n_running > 0)
      curl_multi_poll(multi_.get(), nullptr, 0, kPollMs, nullptr);
    else if (const auto now = Clock::now(); pieces_.empty() && now < pause_until_)
      std::this_thread::sleep_for(std::min<Clock::duration>(pause_until_ - now, kFirstPause));
  }

  /// Looks at the answer's headers once. False: this answer is of no use.
  bool check_answer(Piece& piece) {
    if (piece.is_checked) return true;
    piece.is_checked = true;
    const ResponseHeaders& headers = piece.transfer->headers();
    return piece.is_range ? check_range(piece, headers) : check_whole(piece, headers);
  }

  bool check_range(const Piece& piece, const ResponseHeaders& headers) {
    const ContentIdentity& known = part_.identity();
    const std::string_view etag = headers.find("etag");
    const bool same = etag.empty() || known.etag.empty() || etag == known.etag;
    if (piece.transfer->status() != 206) {  // the whole body
      knows_ranges_ = knows_ranges_ && !same;
      return restart(/*changed=*/!same);
    }
    const ContentRange range = ContentRange::parse(headers.find("content-range"));
    const bool fits = range.begin == piece.at && (range.total == 0 || range.total == known.n_bytes);
    return (same && fits) || restart(/*changed=*/true);
  }

  bool check_whole(Piece& piece, const ResponseHeaders& headers) {
    ContentIdentity identity = identity_of(headers);
    if (request_.n_bytes > 0 && identity.n_bytes > 0 && identity.n_bytes != request_.n_bytes)
      throw_error(ErrorCode::bad_file, redact_url(request_.url),
                  "expected {} bytes, the host announces {}", request_.n_bytes, identity.n_bytes);
    if (identity.n_bytes == 0) identity.n_bytes = request_.n_bytes;
    check_limit(identity.n_bytes);
    knows_ranges_ = knows_ranges_ && headers.find("accept-ranges") == "bytes";
    part_.begin(identity);
    has_identity_ = identity.n_bytes > 0;
    if (has_identity_) piece.end = identity.n_bytes;
    return true;
  }

  void check_limit(uint64_t n_bytes) const {
    if (n_bytes > request_.max_bytes)
      throw_error(ErrorCode::bad_file, redact_url(request_.url),
                  "expected at most {} bytes, found more", request_.max_bytes);
  }

  bool restart(bool changed) {
    restart_ = true;
    if (changed && ++n_changes_ > 1)
      throw_error(ErrorCode::io, redact_url(request_.url),
                  "the file changes while it is being fetched; try again later");
    return false;
  }

  /// Bytes of a body have come. False ends the request.
  bool take(Piece& piece, std::string_view bytes) {
    if (restart_ || !check_answer(piece)) return false;
    const uint64_t room = piece.end - piece.at;
    if (bytes.size() > room && !piece.is_cut && piece.end == part_.identity().n_bytes)
      throw_error(ErrorCode::bad_file, redact_url(request_.url),
                  "expected {} bytes, the host sends more", piece.end);
    const std::string_view wanted = bytes.substr(0, room);
    if (!has_identity_) check_limit(piece.at + wanted.size());
    part_.write(piece.at, wanted);
    piece.at += wanted.size();
    return piece.at < piece.end || wanted.size() == bytes.size();
  }

  void finish_pieces() {
    int n_left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &n_left)) {
      if (message->msg != CURLMSG_DONE) continue;
      const CURLcode code = message->data.result;
      const auto it = std::ranges::find(pieces_, message->easy_handle,
                                        [](const auto& piece) { return piece->handle.get(); });
      const std::unique_ptr<Piece> piece = std::move(*it);
      pieces_.erase(it);
      curl_multi_remove_handle(multi_.get(), piece->handle.get());
      if (has_identity_ && piece->at < piece->end) waiting_.push_back({piece->at, piece->end});
      piece->transfer->rethrow();
      if (code == CURLE_OK && !restart_) check_answer(*piece);  // an empty body
      if (!restart_) finish(*piece, code);
    }
  }

  /// The request is over; what it left undone is in waiting_ already.
  void finish(const Piece& piece, CURLcode code) {
    if (code == CURLE_OK && !has_identity_) return;  // all of a body of unknown size
    if (has_identity_ && piece.at == piece.end) {
      n_failures_ = 0;
      return;
    }
    const bool refused = code == CURLE_HTTP_RETURNED_ERROR;
    if (refused && piece.is_range && piece.transfer->status() == 416) {
      if (n_changes_ > 0)
        throw_error(ErrorCode::bad_file, redact_url(request_.url),
                    "expected {} bytes, the host has fewer", part_.identity().n_bytes);
      restart(/*changed=*/true);
      return;
    }
    if (!may_retry(code, piece.transfer->status())) piece.transfer->fail(code);
    const bool goes_on = has_identity_ && knows_ranges_;
    const bool advanced = goes_on && piece.at - piece.started_at >= kMinAdvance;
    n_failures_ = advanced ? 1 : n_failures_ + 1;
    if (n_failures_ >= kMaxFailures) give_up(piece, code);
    pause(piece.transfer->headers());
    if (!goes_on) restart_ = true;
  }

  bool may_retry(CURLcode code, long status) const {
    if (code == CURLE_HTTP_RETURNED_ERROR) return is_passing(status);
    if (code == CURLE_COULDNT_CONNECT) return has_identity_;  // it was there a moment ago
    return code == CURLE_OK || is_interruption(code);         // OK: a clean end, but too early
  }

  [[noreturn]] void give_up(const Piece& piece, CURLcode code) const {
    if (code == CURLE_HTTP_RETURNED_ERROR) piece.transfer->fail(code);
    throw_error(ErrorCode::io, redact_url(request_.url),
                "the connection broke {} times in a row and {} bytes are still missing; run the "
                "command again to go on from here",
                n_failures_, has_identity_ ? missing_bytes() : 0);
  }

  void pause(const ResponseHeaders& headers) {
    Clock::duration wait = kFirstPause * (1 << (n_failures_ - 1));
    if (const uint64_t asked_s = number(headers.find("retry-after")); asked_s > 0)
      wait = std::chrono::seconds(std::min<uint64_t>(asked_s, kLongestPause.count()));
    pause_until_ = Clock::now() + wait;
  }

  std::vector<ByteRange> missing() const {
    std::vector<ByteRange> ranges = waiting_;
    for (const auto& piece : pieces_)
      if (piece->at < piece->end) ranges.push_back({piece->at, piece->end});
    return ranges;
  }

  uint64_t missing_bytes() const {
    uint64_t n = 0;
    for (const ByteRange& range : missing()) n += range.size();
    return n;
  }

  void report() {
    if (!has_identity_) {
      if (progress_ && !pieces_.empty()) progress_(pieces_[0]->at, 0);
      return;
    }
    const uint64_t total = part_.identity().n_bytes;
    if (progress_) progress_(total - missing_bytes(), total);
    if (const auto now = Clock::now(); now - saved_at_ >= kSaveEvery) {
      saved_at_ = now;
      part_.save(missing());
    }
  }

  const HttpSettings& settings_;
  const DownloadRequest& request_;
  const TransferProgress& progress_;
  PartFile part_;
  std::unique_ptr<CURLM, decltype(&curl_multi_cleanup)> multi_;
  std::vector<std::unique_ptr<Piece>> pieces_;  // under way
  std::vector<ByteRange> waiting_;
  bool has_identity_ = false;  // the content and its size are known
  bool knows_ranges_ = true;   // until the server shows that it does not
  bool restart_ = false;
  int n_changes_ = 0;
  int n_failures_ = 0;  // in a row
  Clock::time_point pause_until_{};
  Clock::time_point saved_at_ = Clock::now();
};

}  // namespace

void download(const HttpSettings& settings, const DownloadRequest& request,
              const std::filesystem::path& part, const TransferProgress& progress) {
  init_curl(request.url);
  Download(settings, request, part, progress).run();
}

}  // namespace caracal
