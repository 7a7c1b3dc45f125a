/* Keeps cores busy: COUNT processes that only compute. usage: busy COUNT SECONDS. */
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  int count = atoi(argv[1]), seconds = atoi(argv[2]);
  if (count < 1 || count > 1024 || seconds < 1 || seconds > 3600) return 2;
  for (int i = 0; i < count; i++) {
    int pid = fork();
    if (pid < 0) return 1;
    if (pid > 0) continue;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    alarm(seconds);
    for (volatile unsigned long n = 0;; n++) {}
  }
  while (wait(NULL) > 0) {}
  return 0;
}
