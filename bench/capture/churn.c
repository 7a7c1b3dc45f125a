/*
 * The churn generator: makes children and logs the truth of each. One line a child:
 *   pid  fork_ns  reap_ns  comm  kind  life_ns      (tab separated, CLOCK_MONOTONIC)
 * after a first line `# generator PID`. fork_ns is taken before fork(), reap_ns after wait4() gave the child up.
 *
 * Kinds, each child with a comm of its own:
 *   fork   keeps the name it was born with: the generator takes a new name before each fork
 *   named  born with the generator's name, gives itself its own
 *   exec   born with the generator's name, runs a program of its own name (a symbolic link to child.c's program)
 */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { most_children = 8000000, most_alive = 512 };

typedef struct {
  long long fork_ns, reap_ns;
  int pid;
  char comm[16];
} child_t;

static struct {
  double rate, seconds;
  int burst, most;
  long long life_ns;
  const char *kind, *prefix, *log, *links, *program;
} want = {.rate = 50, .seconds = 5, .burst = 1, .most = 300000, .life_ns = 1000000, .kind = "fork", .prefix = "c"};

static child_t *children;
static int born, alive[most_alive], living;

static long long now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void link_path(char *path, const char *comm) { snprintf(path, PATH_MAX, "%s/%s", want.links, comm); }

static void live(const char *comm) {
  struct timespec life = {want.life_ns / 1000000000, want.life_ns % 1000000000};
  if (*want.kind == 'e') {
    char path[PATH_MAX], ns[24];
    link_path(path, comm);
    snprintf(ns, sizeof ns, "%lld", want.life_ns);
    execl(path, path, ns, (char *)NULL);
    _exit(127);
  }
  if (*want.kind == 'n') prctl(PR_SET_NAME, comm);
  nanosleep(&life, NULL);
  _exit(0);
}

static void give_birth(void) {
  child_t *child = &children[born];
  snprintf(child->comm, sizeof child->comm, "%s%x", want.prefix, born);
  if (*want.kind == 'e') {
    char path[PATH_MAX];
    link_path(path, child->comm);
    if (symlink(want.program, path) < 0) fail("symlink");
  }
  if (*want.kind == 'f') prctl(PR_SET_NAME, child->comm);
  child->fork_ns = now();
  int pid = fork();
  if (pid == 0) live(child->comm);
  if (pid < 0) fail("fork");
  child->pid = pid;
  alive[living++] = born++;
}

static void reap(int flags) {
  int status, pid;
  while ((pid = waitpid(-1, &status, flags)) > 0) {
    long long ns = now();
    int at = 0;
    while (at < living && children[alive[at]].pid != pid) at++;
    if (at == living) continue;
    child_t *child = &children[alive[at]];
    child->reap_ns = ns;
    alive[at] = alive[--living];
    if (*want.kind == 'e') {
      char path[PATH_MAX];
      link_path(path, child->comm);
      unlink(path);
      if (WIFEXITED(status) && WEXITSTATUS(status) == 127) fail("exec");
    }
    flags = WNOHANG;
  }
}

/* Children are reaped as they end while waiting for the next birth. */
static void wait_until(long long due) {
  sigset_t ended;
  sigemptyset(&ended);
  sigaddset(&ended, SIGCHLD);
  for (;;) {
    reap(WNOHANG);
    long long left = due - now();
    if (left <= 0) return;
    struct timespec pause = {left / 1000000000, left % 1000000000};
    sigtimedwait(&ended, NULL, &pause);
  }
}

static void churn(void) {
  long long due = now(), end = due + (long long)(want.seconds * 1e9);
  while (born + want.burst <= want.most && now() < end) {
    if (want.rate > 0) {
      due += (long long)(-log(1 - drand48()) / want.rate * 1e9);
      if (due > end) break;
      wait_until(due);
    } else {
      reap(WNOHANG);
    }
    for (int i = 0; i < want.burst; i++) {
      while (living == most_alive) reap(0);
      give_birth();
    }
  }
  while (living > 0) reap(0);
}

static int write_log(void) {
  FILE *file = want.log ? fopen(want.log, "w") : stdout;
  if (!file) fail(want.log);
  fprintf(file, "# generator %d\n", getpid());
  for (int i = 0; i < born; i++) {
    child_t *c = &children[i];
    fprintf(file, "%d\t%lld\t%lld\t%s\t%s\t%lld\n", c->pid, c->fork_ns, c->reap_ns, c->comm, want.kind, want.life_ns);
  }
  return fclose(file) == 0 ? 0 : 1;
}

int main(int argc, char **argv) {
  static const struct option options[] = {
      {"rate", 1, 0, 'r'},  {"seconds", 1, 0, 's'}, {"burst", 1, 0, 'b'}, {"life-us", 1, 0, 'l'},
      {"kind", 1, 0, 'k'},  {"prefix", 1, 0, 'p'},  {"log", 1, 0, 'o'},   {"links", 1, 0, 'd'},
      {"program", 1, 0, 'x'}, {"seed", 1, 0, 'S'},  {"most", 1, 0, 'm'},  {0}};
  long seed = getpid();
  for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;) switch (o) {
      case 'r': want.rate = atof(optarg); break;
      case 's': want.seconds = atof(optarg); break;
      case 'b': want.burst = atoi(optarg); break;
      case 'l': want.life_ns = (long long)(atof(optarg) * 1000); break;
      case 'k': want.kind = optarg; break;
      case 'p': want.prefix = optarg; break;
      case 'o': want.log = optarg; break;
      case 'd': want.links = optarg; break;
      case 'x': want.program = optarg; break;
      case 'S': seed = atol(optarg); break;
      case 'm': want.most = atoi(optarg); break;
      default: return 2;
    }
  if (want.seconds > 3600 || want.most > most_children || want.burst < 1 || want.burst > most_alive) return 2;
  if (!strchr("efn", *want.kind) || (*want.kind == 'e' && (!want.links || !want.program))) return 2;

  /* Shared, so that fork() need not copy its page tables: the log must not slow the storm as it grows. */
  children = mmap(NULL, sizeof(child_t) * want.most, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (children == MAP_FAILED) fail("mmap");
  sigset_t ended;
  sigemptyset(&ended);
  sigaddset(&ended, SIGCHLD);
  sigprocmask(SIG_BLOCK, &ended, NULL);
  prctl(PR_SET_TIMERSLACK, 1);
  srand48(seed);
  churn();
  return write_log();
}
