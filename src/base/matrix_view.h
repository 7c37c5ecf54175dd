#pragma once
#include <cstddef>
#include <cstdint>

namespace caracal {

/// Borrowed row-major matrix: rows x cols elements, row r starts at data + r * stride (elements).
template <class T>
struct MatrixView {
  T* data = nullptr;
  int64_t rows = 0;
  int64_t cols = 0;
  int64_t stride = 0;

  T* row(int64_t r) const { return data + r * stride; }
  T& operator()(int64_t r, int64_t c) const { return data[r * stride + c]; }
  operator MatrixView<const T>() const { return {data, rows, cols, stride}; }
};

}  // namespace caracal
