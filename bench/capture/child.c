/* What an exec'd child runs: sleep for argv[1] nanoseconds, then end. Its comm is the name it was started by. */
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
