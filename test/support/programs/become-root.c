/*
 * become-root SETUID-COPY: executes its setuid copy on SIGUSR1. The copy switches back to the user that started it on the
 * next SIGUSR1, and executes sleep.
 */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv) {
  sigset_t wanted;
  int signal;
  sigemptyset(&wanted);
  sigaddset(&wanted, SIGUSR1);
  sigprocmask(SIG_BLOCK, &wanted, 0);
  if (argc < 2) return 1;
  if (geteuid() != getuid()) {
    sigwait(&wanted, &signal);
    if (setuid(getuid())) return 1;
    execlp("sleep", "sleep", "600", (char *)0);
    return 1;
  }
  sigwait(&wanted, &signal);
  execl(argv[1], argv[1], "as root", (char *)0);
  return 1;
}
