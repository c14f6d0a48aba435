// Starts a program that may read the given paths, talk through the descriptors it is given, and nothing else:
//
//   confine [--read PATH]... [--data MIB] [--required] -- PROGRAM [ARGUMENT]...
//   confine [--read PATH]... [--data MIB] [--try PATH]... --probe -- PROGRAM
//
// No privilege is needed, and none is kept. The program replaces the launcher and keeps its process id. Without
// --required it starts even where the kernel lacks a layer; --probe tells which hold, by trying.
#define _GNU_SOURCE
#include "confine.h"

#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MOST_PATHS = 64 };

// Standard input, output and error, and Node's channel to the parent.
enum { FIRST_STRAY_DESCRIPTOR = 4 };

#ifndef SYS_close_range
#define SYS_close_range 436
#endif

static bool limit(int resource, rlim_t most) {
  const struct rlimit both = {most, most};
  return setrlimit(resource, &both) == 0;
}

// Of root's powers only the one to read files whoever owns them: which files is Landlock's to say.
static bool drop_capabilities(void) {
  for (unsigned long capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; capability++) {
    if (capability == CAP_DAC_READ_SEARCH) continue;
    // Without CAP_SETPCAP there is nothing that the program could gain by running: no_new_privs holds.
    prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
  }
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct sets[2];
  if (syscall(SYS_capget, &header, sets) != 0) return false;
  const unsigned kept = sets[0].permitted & (1u << CAP_DAC_READ_SEARCH);
  memset(sets, 0, sizeof sets);
  sets[0].permitted = sets[0].effective = kept;
  return syscall(SYS_capset, &header, sets) == 0;
}

int main(int count, char **arguments) {
  const char *readable[MOST_PATHS], *secrets[MOST_PATHS];
  int readables = 0, tries = 0, at = 1;
  long data_mib = 0;
  bool required = false, probing = false;
  for (; at < count && strcmp(arguments[at], "--") != 0; at++) {
    const char *option = arguments[at];
    if (strcmp(option, "--required") == 0) required = true;
    else if (strcmp(option, "--probe") == 0) probing = true;
    else if (at + 1 >= count) return EXIT_USAGE;
    else if (strcmp(option, "--read") == 0 && readables < MOST_PATHS) readable[readables++] = arguments[++at];
    else if (strcmp(option, "--try") == 0 && tries < MOST_PATHS) secrets[tries++] = arguments[++at];
    else if (strcmp(option, "--data") == 0) data_mib = atol(arguments[++at]);
    else return EXIT_USAGE;
  }
  if (at + 1 >= count) return EXIT_USAGE;
  char **program = arguments + at + 1;

  bool holds = true;
  // Not 0: where dumps go to a program instead of a file, only a limit of 1 stops them (core(5)).
  holds &= limit(RLIMIT_CORE, 1);
  if (data_mib > 0) holds &= limit(RLIMIT_DATA, (rlim_t)data_mib << 20);
  holds &= syscall(SYS_close_range, FIRST_STRAY_DESCRIPTOR, ~0u, 0) == 0;
  holds &= prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0;
  holds &= drop_capabilities();
  holds &= prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
  holds &= restrict_files(readable, readables, program[0]);
  holds &= restrict_calls();
  if (probing) {
    probe(secrets, tries);
    return 0;
  }
  if (required && !holds) return EXIT_NOT_CONFINED;
  execv(program[0], program);
  return EXIT_NOT_STARTED;
}
