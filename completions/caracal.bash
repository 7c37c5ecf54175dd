# bash completion for caracal; made by `caracal reference bash`
_caracal_commands="run chat embed tokenize detokenize template inspect pull convert logits eval bench profile tune synth gguf reference"
declare -gA _caracal_words=(
  [run]="-p --prompt -f --file -e --escape --no-escape --json -sp --special --timings --perf --no-timings --no-perf -m --model -hf -hfr --hf-repo -hff --hf-file -c --ctx-size --max-model-len -b --batch-size -ub --ubatch-size --max-num-batched-tokens -np --parallel --max-num-seqs -t --threads -tb --threads-batch -ctk --cache-type-k --kv-cache-dtype -ctv --cache-type-v --block-size --softmax --softmax-phi --isa --numerics --linear-shape --fuse --no-fuse --mmap --no-mmap --mlock --rope-scaling --rope-scale --rope-freq-base --rope-freq-scale --yarn-orig-ctx --yarn-ext-factor --yarn-attn-factor --yarn-beta-slow --yarn-beta-fast --samplers -s --seed --min-keep --temp --temperature --dynatemp-range --dynatemp-exp --top-k --top-p --min-p --typical --typical-p --top-nsigma --top-n-sigma --xtc-probability --xtc-threshold --mirostat --mirostat-ent --mirostat-lr --repeat-last-n --repeat-penalty --repetition-penalty --frequency-penalty --presence-penalty --dry-multiplier --dry-base --dry-allowed-length --dry-penalty-last-n --dry-sequence-breaker -l --logit-bias --allowed-token-ids --banned-token-ids -n --predict --n-predict --max-tokens --min-tokens --ignore-eos -r --reverse-prompt --stop --stop-token-ids --include-stop-str-in-output --logprobs --n-probs -v --verbose --log-level"
  [chat]="-p --prompt -f --file -e --escape --no-escape -sys --system-prompt --chat-template-file --chat-template -st --single-turn --timings --perf --no-timings --no-perf -m --model -hf -hfr --hf-repo -hff --hf-file -c --ctx-size --max-model-len -b --batch-size -ub --ubatch-size --max-num-batched-tokens -np --parallel --max-num-seqs -t --threads -tb --threads-batch -ctk --cache-type-k --kv-cache-dtype -ctv --cache-type-v --block-size --softmax --softmax-phi --isa --numerics --linear-shape --fuse --no-fuse --mmap --no-mmap --mlock --rope-scaling --rope-scale --rope-freq-base --rope-freq-scale --yarn-orig-ctx --yarn-ext-factor --yarn-attn-factor --yarn-beta-slow --yarn-beta-fast --samplers -s --seed --min-keep --temp --temperature --dynatemp-range --dynatemp-exp --top-k --top-p --min-p --typical --typical-p --top-nsigma --top-n-sigma --xtc-probability --xtc-threshold --mirostat --mirostat-ent --mirostat-lr --repeat-last-n --repeat-penalty --repetition-penalty --frequency-penalty --presence-penalty --dry-multiplier --dry-base --dry-allowed-length --dry-penalty-last-n --dry-sequence-breaker -l --logit-bias --allowed-token-ids --banned-token-ids -n --predict --n-predict --max-tokens --min-tokens --ignore-eos -r --reverse-prompt --stop --stop-token-ids --include-stop-str-in-output --logprobs --n-probs -v --verbose --log-level"
  [embed]="-p --prompt -f --file --pooling --embd-normalize --parse-special --json -m --model -hf -hfr --hf-repo -hff --hf-file -c --ctx-size --max-model-len -b --batch-size -ub --ubatch-size --max-num-batched-tokens -np --parallel --max-num-seqs -t --threads -tb --threads-batch -ctk --cache-type-k --kv-cache-dtype -ctv --cache-type-v --block-size --softmax --softmax-phi --isa --numerics --linear-shape --fuse --no-fuse --mmap --no-mmap --mlock --rope-scaling --rope-scale --rope-freq-base --rope-freq-scale --yarn-orig-ctx --yarn-ext-factor --yarn-attn-factor --yarn-beta-slow --yarn-beta-fast -v --verbose --log-level"
  [tokenize]="-p --prompt -f --file --no-bos --no-special --parse-special --json -m --model -hf -hfr --hf-repo -hff --hf-file -v --verbose --log-level"
  [detokenize]="-f --file --skip-special --json -m --model -hf -hfr --hf-repo -hff --hf-file -v --verbose --log-level"
  [template]="--file --chat-template-file --input -m --model -hf -hfr --hf-repo -hff --hf-file -v --verbose --log-level"
  [inspect]="--json --fresh -m --model -hf -hfr --hf-repo -hff --hf-file -c --ctx-size --max-model-len -b --batch-size -ub --ubatch-size --max-num-batched-tokens -np --parallel --max-num-seqs -t --threads -tb --threads-batch -ctk --cache-type-k --kv-cache-dtype -ctv --cache-type-v --block-size --softmax --softmax-phi --isa --numerics --linear-shape --fuse --no-fuse --mmap --no-mmap --mlock --rope-scaling --rope-scale --rope-freq-base --rope-freq-scale --yarn-orig-ctx --yarn-ext-factor --yarn-attn-factor --yarn-beta-slow --yarn-beta-fast -v --verbose --log-level"
  [pull]="--list --cache-dir --connections --offline --index-url --pip --no-pip -v --verbose --log-level"
  [convert]="-o --output --type --outtype -t --threads -v --verbose --log-level"
  [logits]="--input -o --output -m --model -hf -hfr --hf-repo -hff --hf-file -c --ctx-size --max-model-len -b --batch-size -ub --ubatch-size --max-num-batched-tokens -np --parallel --max-num-seqs -t --threads -tb --threads-batch -ctk --cache-type-k --kv-cache-dtype -ctv --cache-type-v --block-size --softmax --softmax-phi --isa --numerics --linear-shape --fuse --no-fuse --mmap --no-mmap --mlock --rope-scaling --rope-scale --rope-freq-base --rope-freq-scale --yarn-orig-ctx --yarn-ext-factor --yarn-attn-factor --yarn-beta-slow --yarn-beta-fast -v --verbose --log-level"
  [eval]="-f --file --json --ctx --windows --chunks --base-model --base-logits --kl-divergence-base --save-logits --delimiter --lengths --depths --trials -s --seed --svg -m --model -hf -hfr --hf-repo -hff --hf-file -c --ctx-size --max-model-len -b --batch-size -ub --ubatch-size --max-num-batched-tokens -np --parallel --max-num-seqs -t --threads -tb --threads-batch -ctk --cache-type-k --kv-cache-dtype -ctv --cache-type-v --block-size --softmax --softmax-phi --isa --numerics --linear-shape --fuse --no-fuse --mmap --no-mmap --mlock --rope-scaling --rope-scale --rope-freq-base --rope-freq-scale --yarn-orig-ctx --yarn-ext-factor --yarn-attn-factor --yarn-beta-slow --yarn-beta-fast -v --verbose --log-level"
  [bench]="--peer --peer-python --peer-worker -p --n-prompt -n --n-gen -pg --prompt-and-answer -d --n-depth -np --parallel --batch -b --batch-size -ub --ubatch-size -t --threads -ctk --cache-type-k -ctv --cache-type-v -r --repetitions --warmup --no-warmup --keep-unsteady --operators --json --html -m --model --block-size --softmax --softmax-phi --isa --numerics --linear-shape --fuse --no-fuse --mmap --no-mmap --mlock --rope-scaling --rope-scale --rope-freq-base --rope-freq-scale --yarn-orig-ctx --yarn-ext-factor --yarn-attn-factor --yarn-beta-slow --yarn-beta-fast -v --verbose --log-level"
  [profile]="-p --n-prompt -n --n-gen -d --n-depth --regions --trace --json -m --model -hf -hfr --hf-repo -hff --hf-file -b --batch-size -ub --ubatch-size --max-num-batched-tokens -np --parallel --max-num-seqs -t --threads -ctk --cache-type-k --kv-cache-dtype -ctv --cache-type-v --block-size --softmax --softmax-phi --isa --numerics --linear-shape --fuse --no-fuse --mmap --no-mmap --mlock --rope-scaling --rope-scale --rope-freq-base --rope-freq-scale --yarn-orig-ctx --yarn-ext-factor --yarn-attn-factor --yarn-beta-slow --yarn-beta-fast -v --verbose --log-level"
  [tune]="-r --repetitions --json -m --model -hf -hfr --hf-repo -hff --hf-file -b --batch-size -ub --ubatch-size --max-num-batched-tokens -np --parallel --max-num-seqs -t --threads -tb --threads-batch -ctk --cache-type-k --kv-cache-dtype -ctv --cache-type-v --block-size --softmax --softmax-phi --isa --numerics --linear-shape --fuse --no-fuse --mmap --no-mmap --mlock --rope-scaling --rope-scale --rope-freq-base --rope-freq-scale --yarn-orig-ctx --yarn-ext-factor --yarn-attn-factor --yarn-beta-slow --yarn-beta-fast -v --verbose --log-level"
  [synth]="-o --output --type --pure -s --seed -t --threads --layers --d-model --d-ff --heads --kv-heads --head-dim --vocab --context --rope-theta --tied --untied -v --verbose --log-level"
  [gguf]="-o --output --in-place --json --max-size --split-max-size --max-tensors --split-max-tensors --no-tensor-first-split --each -v --verbose --log-level"
  [reference]="-v --verbose --log-level"
)
declare -gA _caracal_arguments=(
  [inspect]="model tensors plan memory machine kernels techniques"
  [eval]="ppl kl choice needle"
  [synth]="llama-1b qwen-0.5b llama-7b smollm2-135m"
  [gguf]="show set rm rename template split merge hash"
  [reference]="markdown man bash"
)
declare -gA _caracal_values=(
  [-ctk]="f32 f16 bf16 q8_0 q4_0"
  [--cache-type-k]="f32 f16 bf16 q8_0 q4_0"
  [--kv-cache-dtype]="f32 f16 bf16 q8_0 q4_0"
  [-ctv]="f32 f16 bf16 q8_0 q4_0"
  [--cache-type-v]="f32 f16 bf16 q8_0 q4_0"
  [--softmax]="online unified"
  [--numerics]="exact reference"
  [--linear-shape]="auto flat gemm"
  [--rope-scaling]="file none linear yarn"
  [--log-level]="off error warn info debug trace"
  [--pooling]="model none mean cls last"
  [--peer]="llama.cpp ik_llama.cpp openvino-genai"
)

_caracal() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
  if [ "$COMP_CWORD" -eq 1 ]; then
    mapfile -t COMPREPLY < <(compgen -W "$_caracal_commands --help --version" -- "$current")
    return
  fi
  local words=${_caracal_values[$previous]-}
  if [ -z "$words" ]; then
    words="${_caracal_words[${COMP_WORDS[1]}]-} --help"
    case $current in
      -*) ;;
      *) mapfile -t COMPREPLY < <(compgen -W "${_caracal_arguments[${COMP_WORDS[1]}]-}" -- "$current"
                                  compgen -f -- "$current"); return ;;
    esac
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -o filenames -F _caracal caracal
