/* caracal: run language models on plain CPUs. The C interface of libcaracal.
 *
 * Plain C99; usable from any language with a C foreign-function interface. caracal.hpp wraps it for
 * C++. docs/library.md explains it with examples.
 *
 * Errors. A function that can fail returns a caracal_status and takes a caracal_error** as its last
 * argument, which may be NULL. On success *error becomes NULL; on failure it becomes an error that
 * the caller frees, and no other output is written. Nothing is ever thrown.
 *
 * Strings are UTF-8. Where a length is taken, zero bytes are allowed and no terminator is needed.
 *
 * Growth. Option and result structs begin with struct_size, which the caller sets to its own
 * sizeof; fields are only ever added at the end. Older programs keep working with newer libraries,
 * and newer programs with older ones as long as they leave unknown fields zero.
 */
#ifndef CARACAL_CARACAL_H_
#define CARACAL_CARACAL_H_

#include <stddef.h>
#include <stdint.h>

#define CARACAL_VERSION_MAJOR 0
#define CARACAL_VERSION_MINOR 1
#define CARACAL_VERSION_PATCH 0

#if defined(__GNUC__)
#define CARACAL_API __attribute__((visibility("default")))
#else
#define CARACAL_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- version and log ---- */

/* "0.1.0": of the library that is loaded, which may be newer than this header. */
CARACAL_API const char* caracal_version(void);

typedef enum caracal_status {
  CARACAL_OK = 0,
  CARACAL_BAD_FILE = 1,      /* a checkpoint or template is damaged or not what it claims */
  CARACAL_BAD_CONFIG = 2,    /* a setting cannot be used */
  CARACAL_BAD_REQUEST = 3,   /* an argument, prompt or conversation is not acceptable */
  CARACAL_NOT_FOUND = 4,     /* a named file does not exist */
  CARACAL_UNSUPPORTED = 5,   /* well formed, but this version does not handle it */
  CARACAL_IO = 6,            /* the operating system failed */
  CARACAL_OUT_OF_MEMORY = 7, /* memory, or the budget for it, does not suffice */
  CARACAL_CANCELLED = 8,     /* the caller gave up */
  CARACAL_INTERNAL = 9       /* a fault of the library that was contained */
} caracal_status;

/* "bad_file" and so on; "unknown" for a value that this library does not know. */
CARACAL_API const char* caracal_status_name(caracal_status status);

typedef struct caracal_error caracal_error;

/* CARACAL_OK when error is NULL. */
CARACAL_API caracal_status caracal_error_status(const caracal_error* error);
/* One line: where, what was expected, what was found. Lives as long as the error; "" for NULL. */
CARACAL_API const char* caracal_error_message(const caracal_error* error);
CARACAL_API void caracal_error_free(caracal_error* error);

/* Which messages go to standard error: "off", "error", "warn" (the default), "info", "debug". */
CARACAL_API caracal_status caracal_set_log_level(const char* level, caracal_error** error);

/* Frees what a function of this header returned by char** or int32_t**. NULL is allowed. */
CARACAL_API void caracal_free(void* memory);

/* ---- model ---- */

/* Any setting of docs/cli.md by a long flag of it, without dashes in front and with underscores:
 * {"cache_type_k", "f32"}; switches take "true" or "false". A list takes several entries of the
 * same name. Settings are applied after the fields of the struct that holds them. */
typedef struct caracal_setting {
  const char* name;
  const char* value;
} caracal_setting;

/* Called from the thread that loads, as weights become ready. */
typedef void (*caracal_progress_callback)(uint64_t done_bytes, uint64_t total_bytes, void* user);

typedef struct caracal_model_options {
  size_t struct_size;
  int32_t n_ctx;           /* tokens of context; 0: the model's own, at most 8192 */
  int32_t n_batch;         /* rows of the largest step */
  int32_t n_threads;       /* decode; 0: what CPU affinity and quota give */
  int32_t n_threads_batch; /* prefill; 0: as n_threads */
  const caracal_setting* settings;
  size_t n_settings;
  caracal_progress_callback on_progress; /* may be NULL */
  void* on_progress_user;
} caracal_model_options;

/* Fills in the defaults. struct_size: sizeof(caracal_model_options) as the caller knows it. */
CARACAL_API void caracal_model_options_init(caracal_model_options* options, size_t struct_size);

/* A loaded model with its tokenizer, threads and memory. Every function that takes one may be
 * called from any thread; generations on one model run one after another. */
typedef struct caracal_model caracal_model;

/* path: a GGUF file, or the first part of a split one. options: NULL takes the defaults. */
CARACAL_API caracal_status caracal_model_load(const char* path,
                                              const caracal_model_options* options,
                                              caracal_model** model, caracal_error** error);
/* Not while another call uses the model. NULL is allowed. */
CARACAL_API void caracal_model_free(caracal_model* model);

/* Tokens that fit into a prompt and its answer together. */
CARACAL_API int32_t caracal_model_n_ctx(const caracal_model* model);
CARACAL_API int32_t caracal_model_n_vocab(const caracal_model* model);

/* ---- text and tokens ---- */

enum {
  CARACAL_ADD_SPECIAL = 1,   /* tokenize: the tokens that the vocabulary puts at either end */
  CARACAL_PARSE_SPECIAL = 2, /* tokenize: control tokens written in the text become tokens */
  CARACAL_SKIP_SPECIAL = 4   /* detokenize: leave control and unknown tokens out */
};

/* flags: CARACAL_ADD_SPECIAL | CARACAL_PARSE_SPECIAL, or 0. Free *ids with caracal_free. */
CARACAL_API caracal_status caracal_tokenize(const caracal_model* model, const char* text,
                                            size_t n_bytes, uint32_t flags, int32_t** ids,
                                            size_t* n_ids, caracal_error** error);

/* The prompt of a conversation, by the model's own chat template.
 * json: {"messages": [{"role": "user", "content": "..."}, ...]}; "tools", "add_generation_prompt"
 * (default true) and whatever else the template reads may stand beside it.
 * Free *ids with caracal_free. */
CARACAL_API caracal_status caracal_tokenize_chat(const caracal_model* model, const char* json,
                                                 size_t n_bytes, int32_t** ids, size_t* n_ids,
                                                 caracal_error** error);

/* flags: CARACAL_SKIP_SPECIAL or 0. *text has *n_bytes bytes, which need not be UTF-8 when the
 * tokens are not, and a terminating zero; n_bytes may be NULL. Free *text with caracal_free. */
CARACAL_API caracal_status caracal_detokenize(const caracal_model* model, const int32_t* ids,
                                              size_t n_ids, uint32_t flags, char** text,
                                              size_t* n_bytes, caracal_error** error);

/* ---- generation ---- */

/* A piece of the answer as it becomes final: whole characters of valid UTF-8, no terminator. A
 * result other than 0 ends the answer. Called from the thread that generates; it must not generate
 * with the same model or free it, and must not throw or longjmp. */
typedef int (*caracal_text_callback)(const char* text, size_t n_bytes, void* user);

typedef struct caracal_generate_options {
  size_t struct_size;
  int64_t seed;            /* the same seed gives the same draws; negative: a new one each time */
  int32_t max_tokens;      /* -1: until the context is full */
  float temp;              /* 0: greedy */
  int32_t top_k;           /* 0: off */
  float top_p;             /* 1: off */
  float min_p;             /* 0: off */
  int32_t show_special;    /* not 0: control tokens appear in the text */
  const char* const* stop; /* strings that end the answer; they are not part of its text */
  size_t n_stop;
  const caracal_setting* settings;
  size_t n_settings;
  caracal_text_callback on_text; /* may be NULL */
  void* on_text_user;
} caracal_generate_options;

CARACAL_API void caracal_generate_options_init(caracal_generate_options* options,
                                               size_t struct_size);

typedef enum caracal_finish {
  CARACAL_FINISH_STOP = 1,      /* a stop string, or the model's own end token */
  CARACAL_FINISH_LENGTH = 2,    /* max_tokens, or the context is full */
  CARACAL_FINISH_CANCELLED = 3, /* the callback ended it */
  CARACAL_FINISH_FAILED = 4,    /* the model gave logits that are not numbers */
  CARACAL_FINISH_NO_MEMORY = 5  /* the KV pool cannot hold the sequence */
} caracal_finish;

typedef struct caracal_timings {
  size_t struct_size;
  double ttft_ms;   /* call to first token */
  double decode_ms; /* first token to last */
  int32_t n_prompt; /* tokens */
  int32_t n_generated;
} caracal_timings;

typedef struct caracal_answer caracal_answer;

/* Continues text, and returns when the answer has ended. flags: as in caracal_tokenize.
 * options: NULL takes the defaults. Free *answer with caracal_answer_free. */
CARACAL_API caracal_status caracal_generate(caracal_model* model, const char* prompt,
                                            size_t n_bytes, uint32_t flags,
                                            const caracal_generate_options* options,
                                            caracal_answer** answer, caracal_error** error);
/* The same from tokens, as caracal_tokenize_chat gives them. */
CARACAL_API caracal_status caracal_generate_ids(caracal_model* model, const int32_t* ids,
                                                size_t n_ids,
                                                const caracal_generate_options* options,
                                                caracal_answer** answer, caracal_error** error);

/* What these return lives as long as the answer. n_bytes may be NULL; the text is terminated. */
CARACAL_API const char* caracal_answer_text(const caracal_answer* answer, size_t* n_bytes);
/* The generated tokens; the one that ended the answer is among them. */
CARACAL_API const int32_t* caracal_answer_ids(const caracal_answer* answer, size_t* n_ids);
CARACAL_API caracal_finish caracal_answer_finish(const caracal_answer* answer);
/* timings->struct_size must be set. */
CARACAL_API void caracal_answer_timings(const caracal_answer* answer, caracal_timings* timings);
CARACAL_API void caracal_answer_free(caracal_answer* answer);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* CARACAL_CARACAL_H_ */
