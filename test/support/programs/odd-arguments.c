// odd-arguments: runs itself with empty arguments between and after others, and waits for the end of its input.
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv) {
  char byte;
  if (argc > 1) return read(0, &byte, 1) < 0;
  execv("/proc/self/exe", (char *[]){"argvx", "a", "", "b", "", "", 0});
  return 1;
}
