/* The program of an exec'd child: sleeps for argv[1] nanoseconds, then exits. Its comm is the name of its path. */
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>

int main(int argc, char **argv) {
  long long ns = argc > 1 ? atoll(argv[1]) : 0;
  struct timespec life = {ns / 1000000000, ns % 1000000000};
  prctl(PR_SET_TIMERSLACK, 1);
  nanosleep(&life, NULL);
  return 0;
}
