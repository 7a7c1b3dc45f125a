/*
 * The lower bound of the cost of sampling: sleeps and reads /proc/loadavg, and does nothing else.
 * usage: floor INTERVAL_US SECONDS. Prints its CPU usage as a share of one core, and the number of reads.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static double seconds(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
  double interval_us = argc > 1 ? atof(argv[1]) : 1000;
  double span = argc > 2 ? atof(argv[2]) : 5;
  if (interval_us < 50 || span > 3600) return 2;
  struct timespec pause = {(time_t)(interval_us / 1e6), (long)(interval_us * 1e3) % 1000000000};
  int fd = open("/proc/loadavg", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 1;
  char text[128];
  long reads = 0;
  double from = seconds(CLOCK_MONOTONIC), cpu = seconds(CLOCK_PROCESS_CPUTIME_ID), to;
  do {
    nanosleep(&pause, NULL);
    if (pread(fd, text, sizeof text, 0) <= 0) return 1;
    reads++;
    to = seconds(CLOCK_MONOTONIC);
  } while (to - from < span);
  printf("{\"cpu\":%.6f,\"reads\":%ld,\"seconds\":%.3f}\n",
         (seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu) / (to - from), reads, to - from);
  return 0;
}
