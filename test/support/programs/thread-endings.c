/*
 * thread-endings exec: a thread executes `sh -c "exit 3"`, while the main thread waits.
 * thread-endings leader: the main thread ends, and another thread exits with code 4 later.
 * thread-endings vfork: a vfork child exits with code 5 before its parent continues.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void *execute(void *unused) {
  execl("/bin/sh", "sh", "-c", "exit 3", (char *)0);
  return unused;
}

static void *exit_later(void *unused) {
  usleep(20000);
  exit(4);
  return unused;
}

int main(int argc, char **argv) {
  pthread_t thread;
  if (argc < 2) return 1;
  if (!strcmp(argv[1], "vfork")) {
    pid_t pid = vfork();
    if (pid == 0) _exit(5);
    return pid < 0 || waitpid(pid, 0, 0) != pid;
  }
  if (pthread_create(&thread, 0, strcmp(argv[1], "exec") ? exit_later : execute, 0)) return 1;
  if (!strcmp(argv[1], "leader")) pthread_exit(0);
  for (;;) pause();
}
