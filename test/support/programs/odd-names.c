// odd-names: starts two children that are named "x" and "x\n", and waits for the end of its input.
#include <stdio.h>
#include <sys/prctl.h>
#include <signal.h>
#include <unistd.h>

int main(void) {
  static const char *names[] = {"x", "x\n"};
  for (int i = 0; i < 2; i++) {
    if (fork()) continue;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_NAME, names[i]);
    pause();
  }
  char byte;
  return read(0, &byte, 1) < 0;
}
