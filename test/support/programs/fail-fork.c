/* fail-fork N: fails to fork N times after the kernel has allocated a PID, because the address for the pidfd is invalid. */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv) {
  int count = argc > 1 ? atoi(argv[1]) : 0;
  for (int done = 0; done < count; done++) {
    long pid = syscall(SYS_clone, CLONE_PIDFD | SIGCHLD, 0, (int *)1, 0, 0);
    if (pid == 0) _exit(0);
    if (pid > 0 || errno != EFAULT) return 1;
  }
  return 0;
}
