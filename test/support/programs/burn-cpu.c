/*
 * Spawns children that use CPU time, some through a child of their own, and waits for them.
 * Prints the CPU time of its children in ns, by getrusage(2), after all have exited. Then it sleeps until stdin is closed.
 * Usage: burn-cpu CHILDREN MILLISECONDS
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long nanoseconds(struct timeval time) { return time.tv_sec * 1000000000LL + time.tv_usec * 1000LL; }

static void burn(long milliseconds) {
  struct timespec used;
  do
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  while (used.tv_sec * 1000 + used.tv_nsec / 1000000 < milliseconds);
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  long milliseconds = atol(argv[2]);
  for (int child = 0; child < atoi(argv[1]); child++) {
    pid_t pid = fork();
    if (pid < 0) return 1;
    if (pid == 0) {
      if (child % 2 == 1) {
        pid_t grandchild = fork();
        if (grandchild == 0) {
          burn(milliseconds);
          _exit(0);
        }
        waitpid(grandchild, NULL, 0);
      } else {
        burn(milliseconds);
      }
      _exit(0);
    }
    waitpid(pid, NULL, 0);
  }
  struct rusage usage;
  getrusage(RUSAGE_CHILDREN, &usage);
  printf("%lld\n", nanoseconds(usage.ru_utime) + nanoseconds(usage.ru_stime));
  fflush(stdout);
  getchar();
  return 0;
}
