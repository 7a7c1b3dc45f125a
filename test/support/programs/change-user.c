/* change-user UID [WAIT]: changes the effective user (if WAIT is given, on SIGUSR1), then runs until it is killed. */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static void wake(int signal) { (void)signal; }

int main(int argc, char **argv) {
  if (argc < 2) return 1;
  signal(SIGUSR1, wake);
  if (argc > 2) pause();
  if (seteuid(atoi(argv[1]))) return 1;
  for (;;) pause();
}
