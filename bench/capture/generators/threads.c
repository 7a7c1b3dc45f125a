/*
 * Creates short-lived threads, which take PIDs from the same counter as processes.
 * usage: threads RATE SECONDS LIFETIME_US. RATE 0: as many as it can create. Prints how many were created.
 */
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>

enum { max_alive = 256 };

static struct timespec lifetime;
static atomic_int alive;

static void *run(void *unused) {
  nanosleep(&lifetime, NULL);
  atomic_fetch_sub(&alive, 1);
  return unused;
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  double rate = atof(argv[1]), seconds = atof(argv[2]), lifetime_us = atof(argv[3]);
  if (rate < 0 || rate > 5000 || seconds > 3600 || lifetime_us > 1e6) return 2;
  lifetime.tv_nsec = (long)(lifetime_us * 1000) % 1000000000;
  pthread_attr_t detached;
  pthread_attr_init(&detached);
  pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&detached, 64 * 1024);
  prctl(PR_SET_TIMERSLACK, 1);
  long created = 0;
  double due = now(), end = due + seconds;
  for (;;) {
    due = rate > 0 ? due - log(1 - drand48()) / rate : now();
    if (due >= end) break;
    double left = due - now();
    struct timespec pause = {0, left > 0 ? (long)(fmin(left, 0.999) * 1e9) : 0};
    if (left > 0) nanosleep(&pause, NULL);
    while (atomic_load(&alive) >= max_alive) sched_yield();
    pthread_t thread;
    atomic_fetch_add(&alive, 1);
    if (pthread_create(&thread, &detached, run, NULL) == 0) created++;
    else atomic_fetch_sub(&alive, 1);
  }
  while (atomic_load(&alive) > 0) sched_yield();
  printf("{\"threads\":%ld}\n", created);
  return 0;
}
