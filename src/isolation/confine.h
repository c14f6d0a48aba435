// What both halves of the launcher share: see confine.c.
#ifndef CONFINE_H
#define CONFINE_H

#include <stdbool.h>

// Exit codes of the launcher itself; the program's own follow once it runs.
enum { EXIT_USAGE = 124, EXIT_NOT_CONFINED = 125, EXIT_NOT_STARTED = 126 };

// Landlock: what may be read and run. False where the kernel has none.
bool restrict_files(const char *const *readable, int count, const char *program);

// seccomp: no sockets, no other processes, no kernel services. False where the kernel or the processor has none.
bool restrict_calls(void);

// Tries what a program that was taken over would try, and prints one line for each: its name and the outcome.
void probe(const char *const *secrets, int count);

#endif
