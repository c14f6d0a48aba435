// What a program that was taken over would try, tried by native code under the very same restrictions.
#define _GNU_SOURCE
#include "confine.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static void say(const char *what, const char *of, bool possible) {
  printf("%s\t%s\t%s\n", what, of, possible ? "possible" : "refused");
}

static bool opens(const char *path, int flags) {
  const int fd = open(path, flags | O_CLOEXEC, 0600);
  if (fd >= 0) close(fd);
  // A file that is not there was looked for: nothing would have kept it from being read.
  return fd >= 0 || errno == ENOENT;
}

static bool makes_socket(int family, int type) {
  const int fd = socket(family, type, 0);
  if (fd >= 0) close(fd);
  return fd >= 0;
}

static bool forks(void) {
  const pid_t child = fork();
  if (child == 0) _exit(0);
  if (child > 0) waitpid(child, NULL, 0);
  return child > 0;
}

static bool reads_memory_of(pid_t other, void *at) {
  char byte;
  const struct iovec here = {&byte, 1}, there = {at, 1};
  return process_vm_readv(other, &here, 1, &there, 1, 0) >= 0 || errno == EFAULT;
}

static bool attaches_to(pid_t other) {
  // SEIZE does not stop the other process, and a detached one is left as it was.
  if (ptrace(PTRACE_SEIZE, other, NULL, NULL) != 0) return false;
  ptrace(PTRACE_DETACH, other, NULL, NULL);
  return true;
}

void probe(const char *const *secrets, int count) {
  const pid_t parent = getppid();
  char environment[64], memory[64], made[] = "/tmp/confine-probe";
  snprintf(environment, sizeof environment, "/proc/%d/environ", parent);
  snprintf(memory, sizeof memory, "/proc/%d/mem", parent);
  for (int i = 0; i < count; i++) {
    say("read", secrets[i], opens(secrets[i], O_RDONLY));
    say("write", secrets[i], opens(secrets[i], O_WRONLY));
  }
  const bool wrote = opens(made, O_WRONLY | O_CREAT);
  if (wrote) unlink(made);
  say("write", "/tmp", wrote);
  say("read", "the parent's environment", opens(environment, O_RDONLY));
  say("read", "the parent's memory by /proc", opens(memory, O_RDONLY));
  say("read", "the parent's memory by a call", reads_memory_of(parent, &say));
  say("process", "tracing the parent", attaches_to(parent));
  say("process", "a signal to the parent", kill(parent, 0) == 0);
  say("process", "a process of its own", forks());
  struct rlimit old;
  say("process", "the parent's limits", prlimit(parent, RLIMIT_CPU, NULL, &old) == 0);
  say("network", "IPv4", makes_socket(AF_INET, SOCK_STREAM));
  say("network", "IPv6", makes_socket(AF_INET6, SOCK_DGRAM));
  say("network", "local sockets", makes_socket(AF_UNIX, SOCK_STREAM));
  say("network", "netlink", makes_socket(AF_NETLINK, SOCK_RAW));
  say("network", "io_uring", syscall(425, 1, NULL) >= 0 || errno == EFAULT);
  struct rlimit core, data;
  say("memory", "a core dump", getrlimit(RLIMIT_CORE, &core) != 0 || core.rlim_max > 1);
  say("memory", "more than its limit", getrlimit(RLIMIT_DATA, &data) != 0 || data.rlim_max == RLIM_INFINITY);
  say("privileges", "new ones by running a program", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1);
}
