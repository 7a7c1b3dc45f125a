/* The main thread ends, and another thread runs until the process is killed. */
#include <pthread.h>
#include <unistd.h>

static void *run(void *unused) {
  for (;;) pause();
  return unused;
}

int main(void) {
  pthread_t thread;
  if (pthread_create(&thread, 0, run, 0)) return 1;
  pthread_exit(0);
}
