/*
 * N processes that only sleep. usage: sleepers COUNT SECONDS. Prints `ready` when all are there; they end with it:
 * when the time is over, or when standard input closes.
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  int count = atoi(argv[1]), seconds = atoi(argv[2]);
  if (count < 1 || count > 20000 || seconds < 1 || seconds > 3600) return 2;
  int *pids = calloc(count, sizeof *pids), made = 0;
  for (; made < count; made++) {
    int pid = fork();
    if (pid < 0) break;
    if (pid == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      alarm(seconds + 5);
      for (;;) pause();
    }
    pids[made] = pid;
  }
  if (made == count) puts("ready"), fflush(stdout);
  struct pollfd closed = {.fd = 0, .events = POLLIN};
  if (made == count) poll(&closed, 1, seconds * 1000);
  for (int i = 0; i < made; i++) kill(pids[i], SIGKILL);
  while (wait(NULL) > 0) {}
  return made == count ? 0 : 1;
}
