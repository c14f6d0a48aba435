// Landlock (Linux 5.13 and later): from here on nothing is opened but what is named, and nothing is written.
#define _GNU_SOURCE
#include "confine.h"

#include <elf.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// The kernel's own numbers: headers are often older than the kernel that the program meets.
enum { CREATE_RULESET = 444, ADD_RULE = 445, RESTRICT_SELF = 446 };
enum { VERSION_FLAG = 1, RULE_PATH_BENEATH = 1 };
enum { EXECUTE = 1 << 0, READ_FILE = 1 << 2, READ_DIR = 1 << 3 };

struct ruleset {
  uint64_t files, network, scopes;
};
struct path_beneath {
  uint64_t allowed;
  int32_t parent;
} __attribute__((packed));

// Rights that each version of the interface knows; to handle one is to refuse it where no rule allows it.
static uint64_t rights_over_files(long version) {
  if (version >= 5) return (1u << 16) - 1; // ioctl on devices
  if (version >= 3) return (1u << 15) - 1; // truncate
  if (version >= 2) return (1u << 14) - 1; // rename and link across folders
  return (1u << 13) - 1;
}

static bool allow(int ruleset, const char *path, uint64_t rights) {
  const int fd = open(path, O_PATH | O_CLOEXEC);
  if (fd < 0) return true; // not on this machine
  struct stat found;
  if (fstat(fd, &found) == 0 && !S_ISDIR(found.st_mode)) rights &= ~(uint64_t)READ_DIR;
  const struct path_beneath rule = {rights, fd};
  const bool added = syscall(ADD_RULE, ruleset, RULE_PATH_BENEATH, &rule, 0) == 0;
  close(fd);
  return added;
}

// The loader that the kernel runs a dynamically linked program with; its path is in the program's own headers.
static bool allow_loader(int ruleset, const char *program) {
  const int fd = open(program, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  Elf64_Ehdr header;
  bool added = true;
  if (pread(fd, &header, sizeof header, 0) == (ssize_t)sizeof header) {
    for (int i = 0; i < header.e_phnum; i++) {
      Elf64_Phdr part;
      const off_t at = (off_t)(header.e_phoff + (uint64_t)i * sizeof part);
      if (pread(fd, &part, sizeof part, at) != (ssize_t)sizeof part || part.p_type != PT_INTERP) continue;
      char path[256] = "";
      if (part.p_filesz >= sizeof path) continue;
      if (pread(fd, path, part.p_filesz, (off_t)part.p_offset) > 0)
        added = allow(ruleset, path, EXECUTE | READ_FILE);
    }
  }
  close(fd);
  return added;
}

bool restrict_files(const char *const *readable, int count, const char *program) {
  const long version = syscall(CREATE_RULESET, NULL, 0, VERSION_FLAG);
  if (version < 1) return false;
  const struct ruleset handled = {
      .files = rights_over_files(version),
      .network = version >= 4 ? 3 : 0, // bind and connect by TCP
      .scopes = version >= 6 ? 3 : 0,  // abstract sockets of others, and signals to them
  };
  const size_t known = version >= 6 ? sizeof handled : version >= 4 ? 16 : 8;
  const int ruleset = (int)syscall(CREATE_RULESET, &handled, known, 0);
  if (ruleset < 0) return false;
  bool complete = allow(ruleset, program, EXECUTE | READ_FILE) && allow_loader(ruleset, program);
  for (int i = 0; i < count; i++) complete &= allow(ruleset, readable[i], READ_FILE | READ_DIR);
  complete = complete && syscall(RESTRICT_SELF, ruleset, 0) == 0;
  close(ruleset);
  return complete;
}
