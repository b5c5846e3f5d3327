// SPDX-License-Identifier: Apache-2.0
/*
 * Stands between a program and libc (LD_PRELOAD) and lets something go wrong at one call out of all that touch files below
 * a directory, or out of all on sockets. Children of the program are left alone.
 *
 *   FAULT_ROOT   the directory; calls on other files are neither counted nor touched
 *   FAULT_CLASS  which calls are counted: "change" (they alter the file system), "read", or "talk" (on sockets: how many
 *                there are is not the same in each run)
 *   FAULT_TRACE  a file that gets a line "NUMBER CALL PATH" for each of them
 *   FAULT_AT     at which of them, from 1, it goes wrong, and
 *   FAULT_DO     how: "before" or "after" it the process is killed; "half": a write is killed in its middle, any other call
 *                before it; "short": a write takes half; "stop": the process says "stopped" on descriptor 3 and stops until
 *                it is sent SIGCONT; a number: the call fails with this errno
 *   FAULT_CLOCK  seconds by which the clock is wrong; after "=", the time at which it stands still
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static char root[PATH_MAX];
static char action[32];
static char counted[16];
static int trace = -1;
static long at = -1;
static long clock_offset;
static long clock_stands;
static long number;

static void take(const char *name, char *into, size_t size) {
  const char *value = getenv(name);
  snprintf(into, size, "%s", value == NULL ? "" : value);
  unsetenv(name);
}

static long take_number(const char *name, long fallback) {
  char text[32];
  take(name, text, sizeof text);
  return text[0] == '\0' ? fallback : strtol(text, NULL, 10);
}

__attribute__((constructor)) static void begin(void) {
  char file[PATH_MAX];
  take("FAULT_ROOT", root, sizeof root);
  take("FAULT_CLASS", counted, sizeof counted);
  take("FAULT_DO", action, sizeof action);
  take("FAULT_TRACE", file, sizeof file);
  at = take_number("FAULT_AT", -1);
  char wrong[32];
  take("FAULT_CLOCK", wrong, sizeof wrong);
  if (wrong[0] == '=') clock_stands = strtol(wrong + 1, NULL, 10);
  else clock_offset = strtol(wrong, NULL, 10);
  unsetenv("LD_PRELOAD");
  if (file[0] != '\0') trace = (int)syscall(SYS_openat, AT_FDCWD, file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static void say(int descriptor, const char *text) { syscall(SYS_write, descriptor, text, strlen(text)); }

static int is_below(const char *path) {
  size_t length = strlen(root);
  return length > 0 && strncmp(path, root, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

static const char *path_of(int descriptor, char *into) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, link, into, PATH_MAX - 1);
  into[length < 0 ? 0 : length] = '\0';
  return into;
}

enum { NOTHING, FAIL, HALF, SHORT, AFTER };

/* Counts a call, and says what the caller has to do about it. */
static int meet(const char *class, const char *call, const char *path) {
  if (path == NULL) return NOTHING;
  if (strncmp(path, "socket:", 7) == 0) class = "talk";
  else if (!is_below(path)) return NOTHING;
  if (strcmp(class, counted) != 0) return NOTHING;
  long now = __atomic_add_fetch(&number, 1, __ATOMIC_SEQ_CST);
  if (trace >= 0) {
    char line[PATH_MAX + 64];
    snprintf(line, sizeof line, "%ld %s %s\n", now, call, path);
    say(trace, line);
  }
  if (now != at) return NOTHING;
  int is_write = strcmp(call, "write") == 0;
  if (strcmp(action, "stop") == 0) {
    say(3, "stopped\n");
    kill(getpid(), SIGSTOP);
    return NOTHING;
  }
  if (strcmp(action, "after") == 0) return AFTER;
  if (strcmp(action, "short") == 0) return is_write ? SHORT : NOTHING;
  if (strcmp(action, "half") == 0 && is_write) return HALF;
  if (strcmp(action, "before") == 0 || strcmp(action, "half") == 0) kill(getpid(), SIGKILL);
  errno = (int)strtol(action, NULL, 10);
  return FAIL;
}

static void die(void) {
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* Defines a wrapper: `class` of call, its name, its result and parameters, the path it is about, and the arguments. */
#define WRAP(class, label, type, name, parameters, path, arguments, failure) \
  type name parameters {                                                     \
    char buffer[PATH_MAX];                                                   \
    (void)buffer;                                                            \
    int told = meet(class, label, path);                                     \
    if (told == FAIL) return failure;                                        \
    type result = NEXT(name) arguments;                                      \
    if (told == AFTER) die();                                                \
    return result;                                                           \
  }

#define BY_FD path_of(fd, buffer)

WRAP("change", "rename", int, rename, (const char *from, const char *to), to, (from, to), -1)
WRAP("change", "link", int, link, (const char *from, const char *to), to, (from, to), -1)
WRAP("change", "symlink", int, symlink, (const char *from, const char *to), to, (from, to), -1)
WRAP("change", "unlink", int, unlink, (const char *path), path, (path), -1)
WRAP("change", "unlink", int, remove, (const char *path), path, (path), -1)
WRAP("change", "rmdir", int, rmdir, (const char *path), path, (path), -1)
WRAP("change", "mkdir", int, mkdir, (const char *path, mode_t mode), path, (path, mode), -1)
WRAP("change", "chmod", int, chmod, (const char *path, mode_t mode), path, (path, mode), -1)
WRAP("change", "fchmod", int, fchmod, (int fd, mode_t mode), BY_FD, (fd, mode), -1)
WRAP("change", "fsync", int, fsync, (int fd), BY_FD, (fd), -1)
WRAP("change", "fsync", int, fdatasync, (int fd), BY_FD, (fd), -1)
WRAP("change", "truncate", int, ftruncate64, (int fd, off64_t size), BY_FD, (fd, size), -1)
WRAP("change", "truncate", int, truncate64, (const char *path, off64_t size), path, (path, size), -1)
WRAP("talk", "connect", int, connect, (int fd, const struct sockaddr *to, socklen_t size), BY_FD, (fd, to, size), -1)
WRAP("read", "read", ssize_t, read, (int fd, void *into, size_t size), BY_FD, (fd, into, size), -1)
WRAP("read", "read", ssize_t, pread64, (int fd, void *into, size_t size, off64_t from), BY_FD, (fd, into, size, from), -1)
WRAP("read", "scandir", int, scandir64,
     (const char *path, struct dirent64 ***names, int (*filter)(const struct dirent64 *),
      int (*compare)(const struct dirent64 **, const struct dirent64 **)),
     path, (path, names, filter, compare), -1)
WRAP("read", "readlink", ssize_t, readlink, (const char *path, char *into, size_t size), path, (path, into, size), -1)
WRAP("read", "realpath", char *, realpath, (const char *path, char *into), path, (path, into), NULL)

/* A write can be cut in two. */
static ssize_t cut(int told, ssize_t half) {
  if (told == HALF) die();
  return half;
}

#define WRITE(name, parameters, size, whole, part)                    \
  ssize_t name parameters {                                           \
    char buffer[PATH_MAX];                                            \
    int told = meet("change", "write", BY_FD);                        \
    if (told == FAIL) return -1;                                      \
    if (told == HALF || told == SHORT)                                \
      return (size) < 2 ? cut(told, NEXT(name) whole) : cut(told, NEXT(name) part); \
    ssize_t result = NEXT(name) whole;                                \
    if (told == AFTER) die();                                         \
    return result;                                                    \
  }

WRITE(write, (int fd, const void *from, size_t size), size, (fd, from, size), (fd, from, size / 2))
WRITE(pwrite64, (int fd, const void *from, size_t size, off64_t to), size, (fd, from, size, to), (fd, from, size / 2, to))
WRITE(writev, (int fd, const struct iovec *from, int count), count, (fd, from, count), (fd, from, count / 2))

#define OPEN(name)                                                                                    \
  int name(const char *path, int flags, ...) {                                                        \
    va_list list;                                                                                     \
    va_start(list, flags);                                                                            \
    mode_t mode = va_arg(list, mode_t);                                                               \
    va_end(list);                                                                                     \
    int told = (flags & (O_CREAT | O_TRUNC)) ? meet("change", "open", path) : meet("read", "open", path); \
    if (told == FAIL) return -1;                                                                      \
    int result = NEXT(name)(path, flags, mode);                                                       \
    if (told == AFTER) die();                                                                         \
    return result;                                                                                    \
  }

OPEN(open)
OPEN(open64)

/* libuv's way to statx. */
long syscall(long call, ...) {
  long a[6];
  char buffer[PATH_MAX];
  va_list list;
  va_start(list, call);
  for (int i = 0; i < 6; i++) a[i] = va_arg(list, long);
  va_end(list);
  long (*next)(long, ...) = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
  if (call == SYS_statx) {
    const char *path = (const char *)a[1];
    if (meet("read", "stat", path[0] == '\0' ? path_of((int)a[0], buffer) : path) == FAIL) return -1;
  }
  return next(call, a[0], a[1], a[2], a[3], a[4], a[5]);
}

int statx(int fd, const char *restrict path, int flags, unsigned int mask, struct statx *restrict into) {
  char buffer[PATH_MAX];
  if (meet("read", "stat", path[0] == '\0' ? BY_FD : path) == FAIL) return -1;
  return NEXT(statx)(fd, path, flags, mask, into);
}

static time_t wrong_time(time_t right) { return clock_stands != 0 ? clock_stands : right + clock_offset; }

int clock_gettime(clockid_t id, struct timespec *into) {
  int result = NEXT(clock_gettime)(id, into);
  if (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE) into->tv_sec = wrong_time(into->tv_sec);
  return result;
}

int gettimeofday(struct timeval *restrict into, void *restrict zone) {
  int result = NEXT(gettimeofday)(into, zone);
  into->tv_sec = wrong_time(into->tv_sec);
  return result;
}
