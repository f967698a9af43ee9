/* Runs a program and disturbs one of its system calls, counted over all its threads and children.
 *
 * usage: inject [-n N] [-a] [-e ERRNO | -k | -x COMMAND] [-p PREFIX] [-l LOG] CALL[,CALL...] -- PROGRAM [ARGUMENT...]
 *
 * Of the named calls, those count that concern a file below PREFIX (an absolute directory; all files without it). The Nth of them
 * fails with ERRNO (-e; with -a, every one from there on), or the program is killed before it (-k), or a command is run before it
 * (-x). Without -n, nothing is disturbed. LOG gets a line for each call that counts: its name and its file. The exit code is the
 * program's; 137 if it was killed.
 *
 * `write-open` is openat with a flag that lets it write. Calls are found by seccomp, so that all others run at full speed, and so
 * that programs which do without libc are seen, too. For x86-64.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

/* Where a call names its files: paths (with the argument of their directory, or -1), and a descriptor; -1 is none. */
struct call { const char *name; long number; int path, path_dir, other, other_dir, fd; };

static const struct call CALLS[] = {
    {"rename", SYS_rename, 0, -1, 1, -1, -1},     {"renameat", SYS_renameat, 1, 0, 3, 2, -1},
    {"renameat2", SYS_renameat2, 1, 0, 3, 2, -1}, {"link", SYS_link, 0, -1, 1, -1, -1},
    {"linkat", SYS_linkat, 1, 0, 3, 2, -1},       {"symlink", SYS_symlink, 1, -1, -1, -1, -1},
    {"unlink", SYS_unlink, 0, -1, -1, -1, -1},    {"unlinkat", SYS_unlinkat, 1, 0, -1, -1, -1},
    {"rmdir", SYS_rmdir, 0, -1, -1, -1, -1},      {"mkdir", SYS_mkdir, 0, -1, -1, -1, -1},
    {"mkdirat", SYS_mkdirat, 1, 0, -1, -1, -1},   {"openat", SYS_openat, 1, 0, -1, -1, -1},
    {"fsync", SYS_fsync, -1, -1, -1, -1, 0},      {"fdatasync", SYS_fdatasync, -1, -1, -1, -1, 0},
    {"ftruncate", SYS_ftruncate, -1, -1, -1, -1, 0}, {"write", SYS_write, -1, -1, -1, -1, 0},
    {"pwrite64", SYS_pwrite64, -1, -1, -1, -1, 0},  {"writev", SYS_writev, -1, -1, -1, -1, 0},
    {"read", SYS_read, -1, -1, -1, -1, 0},        {"pread64", SYS_pread64, -1, -1, -1, -1, 0},
    {"copy_file_range", SYS_copy_file_range, -1, -1, -1, -1, 2}, {"sendfile", SYS_sendfile, -1, -1, -1, -1, 0},
};
#define KNOWN (sizeof CALLS / sizeof *CALLS)

static const struct { const char *name; int number; } ERRORS[] = {
    {"ENOSPC", ENOSPC}, {"EMFILE", EMFILE}, {"ENFILE", ENFILE}, {"EIO", EIO}, {"EDQUOT", EDQUOT}, {"EROFS", EROFS},
    {"EACCES", EACCES}, {"ENOLCK", ENOLCK}, {"EXDEV", EXDEV}, {"EPERM", EPERM}, {"ENOMEM", ENOMEM}, {"EINTR", EINTR},
};

static const char *prefix, *command;
static FILE *log_file;
static int writes_only;

static void fail(const char *what) { perror(what); exit(99); }

static const struct call *find(long number) {
    for (size_t at = 0; at < KNOWN; at++)
        if (CALLS[at].number == number) return &CALLS[at];
    return NULL;
}

static unsigned long long argument(const struct user_regs_struct *regs, int at) {
    const unsigned long long all[] = {regs->rdi, regs->rsi, regs->rdx, regs->r10, regs->r8, regs->r9};
    return all[at];
}

/* The link in /proc of a descriptor or of the working directory. */
static void link_of(pid_t pid, int fd, char *out, size_t size) {
    char name[64];
    if (fd == AT_FDCWD) snprintf(name, sizeof name, "/proc/%d/cwd", pid);
    else snprintf(name, sizeof name, "/proc/%d/fd/%d", pid, fd);
    ssize_t length = readlink(name, out, size - 1);
    out[length < 0 ? 0 : length] = 0;
}

static void path_of(pid_t pid, unsigned long long address, int dir, char *out, size_t size) {
    char name[64], path[4096] = "";
    snprintf(name, sizeof name, "/proc/%d/mem", pid);
    int memory = open(name, O_RDONLY);
    ssize_t length = pread(memory, path, sizeof path - 1, (off_t)address);
    close(memory);
    if (length < 0) length = 0;
    path[length] = 0;
    if (path[0] == '/') { snprintf(out, size, "%s", path); return; }
    char base[4096];
    link_of(pid, dir, base, sizeof base);
    snprintf(out, size, "%.3000s/%.1000s", base, path);
}

static int is_below(const char *path) {
    if (!prefix) return 1;
    size_t length = strlen(prefix);
    return strncmp(path, prefix, length) == 0 && (path[length] == '/' || path[length] == 0);
}

/* Whether a call counts; its file goes to `out`. */
static int counts(pid_t pid, const struct call *call, const struct user_regs_struct *regs, char *out, size_t size) {
    if (call->fd >= 0) {
        link_of(pid, (int)argument(regs, call->fd), out, size);
        return is_below(out);
    }
    if (call->number == SYS_openat && writes_only && !(argument(regs, 2) & (O_WRONLY | O_RDWR | O_CREAT))) return 0;
    int dir = call->path_dir < 0 ? AT_FDCWD : (int)argument(regs, call->path_dir);
    path_of(pid, argument(regs, call->path), dir, out, size);
    if (is_below(out)) return 1;
    if (call->other < 0) return 0;
    dir = call->other_dir < 0 ? AT_FDCWD : (int)argument(regs, call->other_dir);
    path_of(pid, argument(regs, call->other), dir, out, size);
    return is_below(out);
}

/* Lets the tracer see the wanted calls alone. */
static void filter(const struct call **wanted, size_t count) {
    struct sock_filter code[2 * KNOWN + 8];
    size_t at = 0;
    code[at++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    for (size_t one = 0; one < count; one++) {
        code[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)wanted[one]->number, 0, 1);
        code[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE);
    }
    code[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    struct sock_fprog program = {(unsigned short)at, code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) fail("prctl");
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) fail("seccomp");
}

int main(int argc, char **argv) {
    long wanted_number = 0, seen = 0;
    int error = 0, kills = 0, from_there_on = 0, option;
    while ((option = getopt(argc, argv, "+n:ae:kx:p:l:")) != -1) switch (option) {
        case 'n': wanted_number = atol(optarg); break;
        case 'a': from_there_on = 1; break;
        case 'k': kills = 1; break;
        case 'x': command = optarg; break;
        case 'p': prefix = optarg; break;
        case 'l': log_file = fopen(optarg, "w"); if (!log_file) fail(optarg); break;
        case 'e':
            for (size_t at = 0; at < sizeof ERRORS / sizeof *ERRORS; at++)
                if (!strcmp(ERRORS[at].name, optarg)) error = ERRORS[at].number;
            if (!error) { fprintf(stderr, "inject: no error %s\n", optarg); return 99; }
            break;
        default: return 99;
    }
    if (optind >= argc) { fprintf(stderr, "inject: no calls\n"); return 99; }
    const struct call *wanted[KNOWN];
    size_t count = 0;
    for (char *name = strtok(argv[optind++], ","); name; name = strtok(NULL, ",")) {
        if (!strcmp(name, "write-open")) { writes_only = 1; name = "openat"; }
        size_t at = 0;
        while (at < KNOWN && strcmp(CALLS[at].name, name)) at++;
        if (at == KNOWN) { fprintf(stderr, "inject: no call %s\n", name); return 99; }
        wanted[count++] = &CALLS[at];
    }
    if (optind < argc && !strcmp(argv[optind], "--")) optind++;
    if (optind >= argc) { fprintf(stderr, "inject: no program\n"); return 99; }
    pid_t child = fork();
    if (child < 0) fail("fork");
    if (!child) {
        if (ptrace(PTRACE_TRACEME, 0, 0, 0)) fail("ptrace");
        raise(SIGSTOP);
        filter(wanted, count);
        execvp(argv[optind], argv + optind);
        fail(argv[optind]);
    }
    int status;
    waitpid(child, &status, 0);
    long options = PTRACE_O_TRACESECCOMP | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
        PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
    if (ptrace(PTRACE_SETOPTIONS, child, 0, options)) fail("ptrace");
    ptrace(PTRACE_CONT, child, 0, 0);
    int code = 99;
    for (;;) {
        pid_t pid = waitpid(-1, &status, __WALL);
        if (pid < 0) break;
        if (WIFEXITED(status) || WIFSIGNALED(status)) {
            if (pid == child) code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
            continue;
        }
        int signal = WSTOPSIG(status), event = status >> 16;
        if (event == PTRACE_EVENT_SECCOMP) {
            struct user_regs_struct regs;
            char path[8192] = "";
            const struct call *call;
            if (!ptrace(PTRACE_GETREGS, pid, 0, &regs) && (call = find((long)regs.orig_rax)) &&
                counts(pid, call, &regs, path, sizeof path)) {
                seen++;
                if (log_file) fprintf(log_file, "%s %s\n", call->name, path);
                int is_it = wanted_number && (seen == wanted_number || (from_there_on && seen > wanted_number));
                if (is_it && kills) { kill(child, SIGKILL); ptrace(PTRACE_CONT, pid, 0, 0); continue; }
                if (is_it && command && system(command)) fprintf(stderr, "inject: the command failed\n");
                if (is_it && error) {
                    regs.orig_rax = (unsigned long long)-1;
                    regs.rax = (unsigned long long)-error;
                    ptrace(PTRACE_SETREGS, pid, 0, &regs);
                }
            }
            signal = 0;
        } else if (event || signal == SIGTRAP || signal == SIGSTOP) {
            signal = 0;
        }
        ptrace(PTRACE_CONT, pid, 0, signal);
    }
    if (log_file) fclose(log_file);
    return code;
}
