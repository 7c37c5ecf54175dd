#include "cli/program.h"

int main(int argc, char** argv) { return caracal::cli::run_program(argc, argv); }
