/*
 * An orphan that a subreaper adopts and does not reap: subreap -> grandpa -> middle, which exits -> orphan, which exits.
 * subreap exits when its standard input ends, and grandpa when subreap has exited.
 */
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
  char byte;
  prctl(PR_SET_NAME, "subreap");
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  if (fork() == 0) {
    prctl(PR_SET_NAME, "grandpa");
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    pid_t middle = fork();
    if (middle == 0) {
      prctl(PR_SET_NAME, "middle");
      pid_t parent = getpid();
      if (fork()) _exit(0);
      prctl(PR_SET_NAME, "orphan");
      while (getppid() == parent) usleep(1000);
      _exit(3);
    }
    waitpid(middle, 0, 0);
    for (;;) pause();
  }
  while (read(0, &byte, 1) > 0) continue;
  return 0;
}
