/*
 * become-root SETUID-COPY: on SIGUSR1 it executes its setuid copy, which on SIGUSR1 becomes the user that started it again
 * and executes sleep.
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
