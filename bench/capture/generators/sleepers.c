/*
 * Forks processes that only sleep. usage: sleepers COUNT SECONDS. Prints `ready` when all are running.
 * It kills them and exits after SECONDS, or when standard input closes.
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
  int *pids = calloc(count, sizeof *pids), started = 0;
  for (; started < count; started++) {
    int pid = fork();
    if (pid < 0) break;
    if (pid == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      alarm(seconds + 5);
      for (;;) pause();
    }
    pids[started] = pid;
  }
  if (started == count) puts("ready"), fflush(stdout);
  struct pollfd closed = {.fd = 0, .events = POLLIN};
  if (started == count) poll(&closed, 1, seconds * 1000);
  for (int i = 0; i < started; i++) kill(pids[i], SIGKILL);
  while (wait(NULL) > 0) {}
  return started == count ? 0 : 1;
}
