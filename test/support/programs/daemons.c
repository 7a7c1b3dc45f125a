/* daemons N: starts N daemons by double fork, named daemon0 and up, which run until their standard input ends. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
  char name[16], byte;
  for (int index = 0; argc > 1 && index < atoi(argv[1]); index++) {
    snprintf(name, sizeof name, "daemon%d", index);
    prctl(PR_SET_NAME, name);
    pid_t child = fork();
    if (child == 0) {
      setsid();
      if (fork()) _exit(0);
      while (read(0, &byte, 1) > 0) continue;
      _exit(0);
    }
    waitpid(child, 0, 0);
  }
  return 0;
}
