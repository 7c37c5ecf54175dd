/* Continues a prompt and prints the text as it comes.
 *
 *   cc minimal.c $(pkg-config --cflags --libs caracal) -o minimal
 *   ./minimal model.gguf "Once upon a time"
 */
#include <caracal/caracal.h>
#include <stdio.h>
#include <string.h>

static int print_piece(const char* text, size_t n_bytes, void* user) {
  (void)user;
  fwrite(text, 1, n_bytes, stdout);
  fflush(stdout);
  return 0; /* anything else would end the answer here */
}

static int fail(caracal_error* error) {
  fprintf(stderr, "minimal: %s\n", caracal_error_message(error));
  caracal_error_free(error);
  return 1;
}

int main(int argc, char** argv) {
  caracal_model* model = NULL;
  caracal_answer* answer = NULL;
  caracal_error* error = NULL;
  caracal_generate_options options;

  if (argc != 3) {
    fprintf(stderr, "usage: minimal MODEL.gguf PROMPT\n");
    return 2;
  }
  if (caracal_model_load(argv[1], NULL, &model, &error) != CARACAL_OK) return fail(error);

  caracal_generate_options_init(&options, sizeof(options));
  options.max_tokens = 32;
  options.temp = 0;
  options.on_text = print_piece;
  if (caracal_generate(model, argv[2], strlen(argv[2]), CARACAL_ADD_SPECIAL, &options, &answer,
                       &error) != CARACAL_OK) {
    caracal_model_free(model);
    return fail(error);
  }
  printf("\n");
  caracal_answer_free(answer);
  caracal_model_free(model);
  return 0;
}
