#pragma once
/// Guards of the interpreter that put back on every way out what they changed.
#include "text/template/failure.h"
#include "text/template/interpreter.h"

namespace caracal::jinja {

/// One level of expressions, blocks and calls.
class Interpreter::Deeper {
 public:
  explicit Deeper(Interpreter& in) : in_(in) {
    if (++in_.depth_ > in_.limits_.max_depth) {
      fail("the template recurses more than {} levels deep, the limit", in_.limits_.max_depth);
    }
  }
  ~Deeper() { --in_.depth_; }
  Deeper(const Deeper&) = delete;
  Deeper& operator=(const Deeper&) = delete;

 private:
  Interpreter& in_;
};

/// Output goes to a text of its own.
class Interpreter::Capture {
 public:
  explicit Capture(Interpreter& in) : in_(in), outer_(in.out_) { in_.out_ = &text_; }
  ~Capture() {
    in_.n_out_bytes_ -= text_.size();
    in_.out_ = outer_;
  }
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;
  Value text() const { return make_string(&in_.budget_, text_); }

 private:
  Interpreter& in_;
  std::string* outer_;
  std::string text_;
};

class Interpreter::InActivation {
 public:
  InActivation(Interpreter& in, Ref<Activation> activation)
      : in_(in), outer_(std::exchange(in.activation_, std::move(activation))) {}
  ~InActivation() { in_.activation_ = std::move(outer_); }
  InActivation(const InActivation&) = delete;
  InActivation& operator=(const InActivation&) = delete;

 private:
  Interpreter& in_;
  Ref<Activation> outer_;
};

}  // namespace caracal::jinja
