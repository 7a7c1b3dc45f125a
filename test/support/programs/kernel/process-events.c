/*
 * Causes process events:
 *   exec        a thread executes `sh -c "exit 3"`, while the main thread waits
 *   leader      the main thread ends, and another thread exits with code 4 later
 *   vfork N     N vfork children exit with code 5, one after the other
 *   autoreap    a child exits with code 6, and its parent ignores SIGCHLD
 *   rename      the process renames itself with prctl, and then through /proc
 *   fail N      N forks fail after the kernel has allocated a PID
 *   refused N   N forks fail because a limit is reached
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void *execute(void *unused) {
  execl("/bin/sh", "sh", "-c", "exit 3", (char *)0);
  return unused;
}

static void *exit_later(void *unused) {
  char path[64], stat[64] = "";
  snprintf(path, sizeof path, "/proc/self/task/%d/stat", getpid());
  do {
    usleep(1000);
    int fd = open(path, O_RDONLY);
    if (read(fd, stat, sizeof stat - 1) < 0) exit(1);
    close(fd);
  } while (!strstr(stat, ") Z"));
  /* The event of the main thread follows soon after. */
  usleep(200000);
  exit(4);
  return unused;
}

static int run_threads(int executes) {
  pthread_t thread;
  if (pthread_create(&thread, 0, executes ? execute : exit_later, 0)) return 1;
  if (!executes) pthread_exit(0);
  for (;;) pause();
}

static int vfork_children(int count) {
  for (int done = 0; done < count; done++) {
    pid_t pid = vfork();
    if (pid == 0) _exit(5);
    if (pid < 0 || waitpid(pid, 0, 0) != pid) return 1;
  }
  return 0;
}

static int autoreap(void) {
  signal(SIGCHLD, SIG_IGN);
  pid_t pid = fork();
  if (pid == 0) _exit(6);
  while (kill(pid, 0) == 0) usleep(1000);
  return 0;
}

static int rename_self(void) {
  prctl(PR_SET_NAME, "by-prctl");
  int fd = open("/proc/self/comm", O_WRONLY);
  return write(fd, "by-file", 7) != 7;
}

static int fail_forks(int count) {
  for (int done = 0; done < count; done++)
    if (syscall(SYS_clone, CLONE_PIDFD | SIGCHLD, 0, (int *)1, 0, 0) >= 0) return 1;
  return 0;
}

static int refused_forks(int count) {
  for (int done = 0; done < count; done++) {
    pid_t pid = fork();
    if (pid == 0) _exit(0);
    if (pid > 0 || errno != EAGAIN) return 1;
  }
  return 0;
}

int main(int argc, char **argv) {
  const char *what = argc > 1 ? argv[1] : "";
  int count = argc > 2 ? atoi(argv[2]) : 1;
  if (!strcmp(what, "exec") || !strcmp(what, "leader")) return run_threads(!strcmp(what, "exec"));
  if (!strcmp(what, "vfork")) return vfork_children(count);
  if (!strcmp(what, "autoreap")) return autoreap();
  if (!strcmp(what, "rename")) return rename_self();
  if (!strcmp(what, "fail")) return fail_forks(count);
  if (!strcmp(what, "refused")) return refused_forks(count);
  return 1;
}
