/*
 * The program of an exec'd child. Its comm is the name of its path.
 * usage: child LIFETIME_NS STATUS. It ends with the wait status: an exit code times 256, or a signal.
 */
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

int main(int argc, char **argv) {
  long long ns = argc > 1 ? atoll(argv[1]) : 0;
  int status = argc > 2 ? atoi(argv[2]) : 0;
  struct timespec life = {ns / 1000000000, ns % 1000000000};
  prctl(PR_SET_TIMERSLACK, 1);
  nanosleep(&life, NULL);
  if (WIFSIGNALED(status)) raise(WTERMSIG(status));
  return WEXITSTATUS(status);
}
