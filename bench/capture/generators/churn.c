/*
 * The churn generator: forks children and logs the ground truth of each. The log starts with `# generator PID`, followed
 * by one line per child, tab separated, with times in ns (CLOCK_MONOTONIC):
 *   pid  fork_ns  reap_ns  comm  kind  life_ns  status
 * fork_ns is read before fork(), and reap_ns after waitpid() has returned the child with its wait status.
 *
 * Kinds. Each child has its own comm, except with vfork:
 *   fork   keeps the comm it was forked with: the generator renames itself before each fork
 *   named  is forked with the generator's comm, and renames itself
 *   exec   is forked with the generator's comm, and executes a symbolic link to child.c's program, with its own comm
 *   vfork  keeps the comm of the generator, which sets it once, so that a spawn is a single system call
 *
 * Half of the children exit with 0, the others with 1, 3 or 42, or by SIGTERM.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { max_children = 8000000, max_alive = 512, storm_threads = 4 };

typedef struct {
  long long fork_ns, reap_ns;
  int pid, status;
  char comm[16];
} child_t;

static struct {
  double rate, seconds;
  int burst, max;
  long long life_ns;
  const char *kind, *prefix, *log, *links, *program;
} args = {.rate = 50, .seconds = 5, .burst = 1, .max = 300000, .life_ns = 1000000, .kind = "fork", .prefix = "c"};

static child_t *children;
static int spawned, alive[max_alive], alive_count;

static long long now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void link_path(char *path, const char *comm) { snprintf(path, PATH_MAX, "%s/%s", args.links, comm); }

/* The wait status that a child is to have: an exit code times 256, or a signal. */
static int planned_status(int child) {
  static const int statuses[] = {0, 0, 0, 0, 1 << 8, 3 << 8, 42 << 8, SIGTERM};
  return statuses[child % 8];
}

static void run_child(int child, const char *comm) {
  int status = planned_status(child);
  struct timespec lifetime = {args.life_ns / 1000000000, args.life_ns % 1000000000};
  if (*args.kind == 'e') {
    char path[PATH_MAX], ns[24], wait_status[12];
    link_path(path, comm);
    snprintf(ns, sizeof ns, "%lld", args.life_ns);
    snprintf(wait_status, sizeof wait_status, "%d", status);
    execl(path, path, ns, wait_status, (char *)NULL);
    _exit(127);
  }
  if (*args.kind == 'n') prctl(PR_SET_NAME, comm);
  nanosleep(&lifetime, NULL);
  if (WIFSIGNALED(status)) kill(getpid(), WTERMSIG(status));
  _exit(WEXITSTATUS(status));
}

static void spawn_child(void) {
  child_t *child = &children[spawned];
  if (*args.kind == 'v') snprintf(child->comm, sizeof child->comm, "%sv", args.prefix);
  else snprintf(child->comm, sizeof child->comm, "%s%x", args.prefix, spawned);
  if (*args.kind == 'e') {
    char path[PATH_MAX];
    link_path(path, child->comm);
    if (symlink(args.program, path) < 0) fail("symlink");
  }
  if (*args.kind == 'f' || (*args.kind == 'v' && spawned == 0)) prctl(PR_SET_NAME, child->comm);
  child->fork_ns = now();
  int pid = *args.kind == 'v' ? vfork() : fork();
  if (pid == 0) run_child(spawned, child->comm);
  if (pid < 0) fail("fork");
  child->pid = pid;
  alive[alive_count++] = spawned++;
}

static void reap(int flags) {
  int status, pid;
  while ((pid = waitpid(-1, &status, flags)) > 0) {
    long long ns = now();
    int at = 0;
    while (at < alive_count && children[alive[at]].pid != pid) at++;
    if (at == alive_count) continue;
    child_t *child = &children[alive[at]];
    child->reap_ns = ns;
    child->status = status;
    alive[at] = alive[--alive_count];
    if (*args.kind == 'e') {
      char path[PATH_MAX];
      link_path(path, child->comm);
      unlink(path);
      if (WIFEXITED(status) && WEXITSTATUS(status) == 127) fail("exec");
    }
    flags = WNOHANG;
  }
}

/* Waits until the next spawn is due, and reaps children that exit in the meantime. */
static void wait_until(long long due) {
  sigset_t exited;
  sigemptyset(&exited);
  sigaddset(&exited, SIGCHLD);
  for (;;) {
    reap(WNOHANG);
    long long left = due - now();
    if (left <= 0) return;
    struct timespec pause = {left / 1000000000, left % 1000000000};
    sigtimedwait(&exited, NULL, &pause);
  }
}

static void churn(void) {
  long long due = now(), end = due + (long long)(args.seconds * 1e9);
  while (spawned + args.burst <= args.max && now() < end) {
    if (args.rate > 0) {
      due += (long long)(-log(1 - drand48()) / args.rate * 1e9);
      if (due > end) break;
      wait_until(due);
    } else {
      reap(WNOHANG);
    }
    for (int i = 0; i < args.burst; i++) {
      while (alive_count == max_alive) reap(0);
      spawn_child();
    }
  }
  while (alive_count > 0) reap(0);
}

/* A storm of vfork: it suspends the calling thread until its child exits, so several threads spawn. */
static atomic_int claimed;
static long long storm_end;

static void *storm(void *unused) {
  for (int i; now() < storm_end && (i = atomic_fetch_add(&claimed, 1)) < args.max;) {
    child_t *child = &children[i];
    snprintf(child->comm, sizeof child->comm, "%sv", args.prefix);
    child->fork_ns = now();
    int pid = vfork();
    if (pid == 0) run_child(i, child->comm);
    if (pid < 0 || waitpid(pid, &child->status, 0) != pid) fail("vfork");
    child->reap_ns = now();
    child->pid = pid;
  }
  return unused;
}

static void run_storm(void) {
  pthread_t threads[storm_threads];
  char comm[16];
  snprintf(comm, sizeof comm, "%sv", args.prefix);
  prctl(PR_SET_NAME, comm); /* Threads inherit it, and their children. */
  storm_end = now() + (long long)(args.seconds * 1e9);
  for (int i = 0; i < storm_threads; i++)
    if (pthread_create(&threads[i], NULL, storm, NULL) != 0) fail("pthread_create");
  for (int i = 0; i < storm_threads; i++) pthread_join(threads[i], NULL);
  spawned = claimed < args.max ? claimed : args.max;
}

static int write_log(void) {
  FILE *file = args.log ? fopen(args.log, "w") : stdout;
  if (!file) fail(args.log);
  fprintf(file, "# generator %d\n", getpid());
  for (int i = 0; i < spawned; i++) {
    child_t *c = &children[i];
    fprintf(file, "%d\t%lld\t%lld\t%s\t%s\t%lld\t%d\n", c->pid, c->fork_ns, c->reap_ns, c->comm, args.kind,
            args.life_ns, c->status);
  }
  return fclose(file) == 0 ? 0 : 1;
}

int main(int argc, char **argv) {
  static const struct option options[] = {
      {"rate", 1, 0, 'r'},  {"seconds", 1, 0, 's'}, {"burst", 1, 0, 'b'}, {"life-us", 1, 0, 'l'},
      {"kind", 1, 0, 'k'},  {"prefix", 1, 0, 'p'},  {"log", 1, 0, 'o'},   {"links", 1, 0, 'd'},
      {"program", 1, 0, 'x'}, {"seed", 1, 0, 'S'},  {"max", 1, 0, 'm'},  {0}};
  long seed = getpid();
  for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;) switch (o) {
      case 'r': args.rate = atof(optarg); break;
      case 's': args.seconds = atof(optarg); break;
      case 'b': args.burst = atoi(optarg); break;
      case 'l': args.life_ns = (long long)(atof(optarg) * 1000); break;
      case 'k': args.kind = optarg; break;
      case 'p': args.prefix = optarg; break;
      case 'o': args.log = optarg; break;
      case 'd': args.links = optarg; break;
      case 'x': args.program = optarg; break;
      case 'S': seed = atol(optarg); break;
      case 'm': args.max = atoi(optarg); break;
      default: return 2;
    }
  if (args.seconds > 3600 || args.max > max_children || args.burst < 1 || args.burst > max_alive) return 2;
  if (!strchr("efnv", *args.kind) || (*args.kind == 'e' && (!args.links || !args.program))) return 2;

  /* Shared, so that fork() does not copy its page tables, which would become slower as the log grows. */
  children = mmap(NULL, sizeof(child_t) * args.max, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (children == MAP_FAILED) fail("mmap");
  sigset_t exited;
  sigemptyset(&exited);
  sigaddset(&exited, SIGCHLD);
  sigprocmask(SIG_BLOCK, &exited, NULL);
  prctl(PR_SET_TIMERSLACK, 1);
  srand48(seed);
  if (*args.kind == 'v' && args.rate == 0) run_storm();
  else churn();
  return write_log();
}
