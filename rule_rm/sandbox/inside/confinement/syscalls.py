"""System calls by number, and which of them programs may make.

An allow-list, as a deny-list forgets: every call that is not named here fails with EPERM, also those that
a later kernel adds.
"""

from __future__ import annotations

import platform

AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

# name, number on x86_64, number on aarch64; a dash where the call does not exist.
_TABLE = """
read 0 63; write 1 64; open 2 -; close 3 57; stat 4 -; fstat 5 80; lstat 6 -; poll 7 -; lseek 8 62
mmap 9 222; mprotect 10 226; munmap 11 215; brk 12 214; rt_sigaction 13 134; rt_sigprocmask 14 135
rt_sigreturn 15 139; ioctl 16 29; pread64 17 67; pwrite64 18 68; readv 19 65; writev 20 66; access 21 -
pipe 22 -; select 23 -; sched_yield 24 124; mremap 25 216; msync 26 227; mincore 27 232; madvise 28 233
dup 32 23; dup2 33 -; pause 34 -; nanosleep 35 101; getitimer 36 102; alarm 37 -; setitimer 38 103
getpid 39 172; sendfile 40 71; sendto 44 206; recvfrom 45 207; sendmsg 46 211; recvmsg 47 212
shutdown 48 210; getsockname 51 204; getpeername 52 205; socketpair 53 199; setsockopt 54 208
getsockopt 55 209; clone 56 220; fork 57 -; vfork 58 -; execve 59 221; exit 60 93; wait4 61 260; kill 62 129
uname 63 160; fcntl 72 25; flock 73 32; fsync 74 82; fdatasync 75 83; truncate 76 45; ftruncate 77 46
getdents 78 -; getcwd 79 17; chdir 80 49; fchdir 81 50; rename 82 -; mkdir 83 -; rmdir 84 -; creat 85 -
link 86 -; unlink 87 -; symlink 88 -; readlink 89 -; chmod 90 -; fchmod 91 52; umask 95 166
gettimeofday 96 169; getrlimit 97 163; getrusage 98 165; sysinfo 99 179; times 100 153; getuid 102 174
getgid 104 176; geteuid 107 175; getegid 108 177; getppid 110 173; getpgrp 111 -; setsid 112 157
getgroups 115 158; getresuid 118 148; getresgid 120 150; getpgid 121 155; getsid 124 156
rt_sigpending 127 136; rt_sigtimedwait 128 137; rt_sigsuspend 130 133; sigaltstack 131 132
getpriority 140 141; sched_getparam 143 121; sched_getscheduler 145 120; sched_get_priority_max 146 125
sched_get_priority_min 147 126; getxattr 191 8; lgetxattr 192 9; fgetxattr 193 10
listxattr 194 11; llistxattr 195 12; flistxattr 196 13
statfs 137 43; fstatfs 138 44; prctl 157 167; arch_prctl 158 -
setrlimit 160 164; gettid 186 178; time 201 -; futex 202 98; sched_setaffinity 203 122
sched_getaffinity 204 123; epoll_create 213 -; getdents64 217 61; set_tid_address 218 96
restart_syscall 219 128; fadvise64 221 223; clock_gettime 228 113; clock_getres 229 114
clock_nanosleep 230 115; exit_group 231 94; epoll_wait 232 -; epoll_ctl 233 21; tgkill 234 131; utimes 235 -
waitid 247 95; openat 257 56; mkdirat 258 34; newfstatat 262 79; unlinkat 263 35; renameat 264 38
linkat 265 37; symlinkat 266 36; readlinkat 267 78; fchmodat 268 53; faccessat 269 48; pselect6 270 72
ppoll 271 73; set_robust_list 273 99; get_robust_list 274 100; utimensat 280 88; epoll_pwait 281 22
timerfd_create 283 85; eventfd 284 -; fallocate 285 47; timerfd_settime 286 86; timerfd_gettime 287 87
accept4 288 242; eventfd2 290 19; epoll_create1 291 20; dup3 292 24; pipe2 293 59; preadv 295 69
pwritev 296 70; prlimit64 302 261; getcpu 309 168; renameat2 316 276; seccomp 317 277; getrandom 318 278
membarrier 324 283; copy_file_range 326 285; statx 332 291; rseq 334 293; pidfd_open 434 434
clone3 435 435; close_range 436 436; openat2 437 437; faccessat2 439 439; epoll_pwait2 441 441
futex_waitv 449 449; landlock_create_ruleset 444 444; landlock_add_rule 445 445
landlock_restrict_self 446 446
"""


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


COMPUTE = _names(
    """
    read write open close stat fstat lstat poll lseek mmap mprotect munmap brk rt_sigaction
    rt_sigprocmask rt_sigreturn ioctl pread64 pwrite64 readv writev access pipe select sched_yield
    mremap msync madvise dup dup2 pause nanosleep getitimer alarm setitimer getpid sendfile sendto
    recvfrom sendmsg recvmsg shutdown getsockname getsockopt socketpair clone exit wait4 kill uname
    fcntl flock fsync fdatasync truncate ftruncate getdents getcwd chdir fchdir rename mkdir rmdir creat
    unlink readlink umask gettimeofday getrlimit getrusage sysinfo times getuid getgid geteuid getegid
    getppid getpgrp getgroups getresuid getresgid getpgid getsid rt_sigpending rt_sigtimedwait
    rt_sigsuspend sigaltstack getpriority statfs fstatfs prctl arch_prctl gettid time futex
    sched_getaffinity epoll_create getdents64 set_tid_address restart_syscall fadvise64 clock_gettime
    clock_getres clock_nanosleep exit_group epoll_wait epoll_ctl tgkill waitid openat mkdirat newfstatat
    unlinkat renameat readlinkat faccessat pselect6 ppoll set_robust_list get_robust_list epoll_pwait
    eventfd fallocate eventfd2 epoll_create1 dup3 pipe2 preadv pwritev prlimit64 getcpu renameat2
    getrandom membarrier copy_file_range statx rseq clone3 close_range faccessat2 epoll_pwait2
    futex_waitv
    """
)
"""Calls of a program that computes and uses its files; filters restrict the arguments of several."""

FILING = _names("link symlink linkat symlinkat getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr")
"""Calls that make links and copies of files."""

COMMAND = (
    COMPUTE
    | FILING
    | _names(
        """
    execve fork vfork sched_getparam
    sched_getscheduler sched_get_priority_max sched_get_priority_min timerfd_create timerfd_settime
    timerfd_gettime mincore
    """
    )
)
"""The calls above, and those of programs in other languages: starting processes, links, timers."""

ATTRIBUTES = _names("chmod fchmod fchmodat utimes utimensat")
"""Additional calls of compilers. Landlock does not restrict them, and the program may own a file."""

WRITES = _names(
    "creat truncate mkdir mkdirat rmdir unlink unlinkat rename renameat renameat2 copy_file_range"
)
"""Calls that change files by name; they are denied where neither mounts nor Landlock do so."""

PARENT = _names(
    """
    fork setsid setrlimit pidfd_open accept4 landlock_create_ruleset landlock_add_rule landlock_restrict_self
    """
)
"""Calls that only the parent of the programs needs; each program loses them before its first line."""


def numbers(machine: str | None = None) -> dict[str, int]:
    """Return the numbers of this machine's system calls by name; empty if the architecture is not known."""
    column = {"x86_64": 1, "aarch64": 2}.get(machine or platform.machine())
    if column is None:
        return {}
    rows = [row.split() for line in _TABLE.splitlines() for row in line.split(";") if row.strip()]
    return {row[0]: int(row[column]) for row in rows if row[column] != "-"}
