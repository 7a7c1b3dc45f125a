// hang PATH...: mounts a file of a FUSE server that does not answer over each file. Opening one never returns.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <signal.h>
#include <unistd.h>

int main(int argc, char **argv) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (int i = 1; i < argc; i++) {
    char options[100];
    int fd = open("/dev/fuse", O_RDWR);
    snprintf(options, sizeof options, "fd=%d,rootmode=100444,user_id=0,group_id=0,allow_other", fd);
    if (fd < 0 || mount("hang", argv[i], "fuse", 0, options)) {
      printf("%s\n", strerror(errno));
      return 77;
    }
  }
  puts("ready");
  fflush(stdout);
  pause();
}
