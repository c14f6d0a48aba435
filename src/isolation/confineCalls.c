// seccomp: system calls that no reader of photos needs are refused with EPERM. A list of what is refused, not of what
// is allowed: the second would break with each new version of Node or of the C library.
#define _GNU_SOURCE
#include "confine.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define THIS_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define THIS_ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#ifndef THIS_ARCHITECTURE
bool restrict_calls(void) { return false; }
#else

// Numbers are the same on both architectures from 424 on; older headers lack some.
enum { CLONE3 = 435, PIDFD_GETFD = 438, IO_URING_SETUP = 425, IO_URING_ENTER = 426, IO_URING_REGISTER = 427 };

static const int refused[] = {
    // a network, or any other process that listens
    SYS_socket, SYS_connect, SYS_bind, SYS_listen, SYS_accept, SYS_accept4,
    IO_URING_SETUP, IO_URING_ENTER, IO_URING_REGISTER,
    // other processes
    SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_kcmp, SYS_tkill, SYS_rt_sigqueueinfo,
    SYS_rt_tgsigqueueinfo, SYS_pidfd_open, SYS_pidfd_send_signal, PIDFD_GETFD, SYS_execveat, SYS_move_pages,
    SYS_migrate_pages, SYS_shmget, SYS_shmat, SYS_msgget, SYS_semget, SYS_mq_open,
    // other roots and namespaces
    SYS_unshare, SYS_setns, SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_open_tree, SYS_move_mount,
    SYS_fsopen, SYS_fsconfig, SYS_fsmount, SYS_fspick, SYS_name_to_handle_at, SYS_open_by_handle_at,
    // the kernel
    SYS_bpf, SYS_perf_event_open, SYS_userfaultfd, SYS_keyctl, SYS_add_key, SYS_request_key, SYS_init_module,
    SYS_finit_module, SYS_delete_module, SYS_kexec_load, SYS_reboot, SYS_swapon, SYS_swapoff, SYS_acct, SYS_syslog,
    SYS_quotactl, SYS_settimeofday, SYS_clock_settime, SYS_adjtimex, SYS_clock_adjtime, SYS_sethostname,
    SYS_setdomainname, SYS_personality, SYS_fanotify_init,
#if defined(__x86_64__)
    SYS_fork, SYS_vfork, SYS_iopl, SYS_ioperm, SYS_modify_ldt, SYS_uselib, SYS_kexec_file_load,
#endif
};
enum { REFUSED = sizeof refused / sizeof *refused };

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (unsigned)offsetof(struct seccomp_data, field))
#define ANSWER(what) BPF_STMT(BPF_RET | BPF_K, (what))
#define UNLESS(value, skip) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)(value), 0, (skip))
#define NO (SECCOMP_RET_ERRNO | EPERM)

bool restrict_calls(void) {
  struct sock_filter rules[REFUSED * 2 + 64];
  unsigned short n = 0;
#define ADD(...) do { const struct sock_filter added[] = {__VA_ARGS__};                                    \
    for (size_t i = 0; i < sizeof added / sizeof *added; i++) rules[n++] = added[i]; } while (0)

  // Calls of another architecture have other numbers, which this list does not speak of.
  ADD(LOAD(arch), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, THIS_ARCHITECTURE, 1, 0), ANSWER(SECCOMP_RET_KILL_PROCESS));
  ADD(LOAD(nr));
#if defined(__x86_64__)
  ADD(BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1), ANSWER(SECCOMP_RET_KILL_PROCESS)); // x32
#endif
  for (int i = 0; i < REFUSED; i++) ADD(UNLESS(refused[i], 1), ANSWER(NO));
  // clone3 hides its flags from a filter; without it the C library starts threads with clone.
  ADD(UNLESS(CLONE3, 1), ANSWER(SECCOMP_RET_ERRNO | ENOSYS));
  // Threads are allowed, processes are not.
  ADD(UNLESS(SYS_clone, 4), LOAD(args[0]), BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 0, 1),
      ANSWER(SECCOMP_RET_ALLOW), ANSWER(NO));
  // Signals, limits and priorities: its own only. The number of this process stays through the exec that follows.
  const unsigned self = (unsigned)getpid();
  const int own[] = {SYS_kill, SYS_tgkill, SYS_prlimit64, SYS_setpriority};
  for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
    const bool second = own[i] == SYS_setpriority;
    const bool zero = second || own[i] == SYS_prlimit64; // 0 is the caller there, and a whole group for kill
    if (second) ADD(UNLESS(own[i], 5), LOAD(args[1]));
    else ADD(UNLESS(own[i], 5), LOAD(args[0]));
    ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, self, 1, 0), UNLESS(zero ? 0u : self, 1),
        ANSWER(SECCOMP_RET_ALLOW), ANSWER(NO));
  }
  ADD(ANSWER(SECCOMP_RET_ALLOW));
  const struct sock_fprog program = {n, rules};
  return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}
#endif
