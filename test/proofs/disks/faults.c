/*
 * Faults of a disk for the files below one folder, between a program and its C library (LD_PRELOAD). Node and SQLite both
 * write through the C library, so one library reaches every file. It counts three classes of operations:
 *
 *   write    write, pwrite, writev, pwritev
 *   sync     fsync, fdatasync
 *   name     open that creates or cuts a file, mkdir, rename, unlink, ftruncate
 *
 * Environment: FAULTS_UNDER, the folder; FAULTS_STATE, a file that all threads and processes of the program share, in which
 * the counts are left; FAULTS_KIND and FAULTS_AT, what goes wrong and at which operation of its class, from 1:
 *
 *   full         from that write on there is no space: writes, new files and new folders fail with ENOSPC
 *   io           that write fails with EIO
 *   short        that write writes only half of its bytes, and says so
 *   lost         that write writes nothing, and says that it wrote all
 *   misdirected  that write goes to a place 512 bytes further on
 *   flipped      that write writes one bit differently
 *   sync         that sync fails with EIO
 *   name         that change of a name fails with EIO
 *   kill         the process is killed at that write
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum class { WRITE, SYNC, NAME, CLASSES };
enum kind { NONE, FULL, IO, SHORT, LOST, MISDIRECTED, FLIPPED, SYNC_FAILS, NAME_FAILS, KILL };
static const char *const kinds[] = {"none", "full", "io", "short", "lost", "misdirected", "flipped", "sync", "name", "kill"};
static const enum class class_of[] = {CLASSES, WRITE, WRITE, WRITE, WRITE, WRITE, WRITE, SYNC, NAME, WRITE};

static _Atomic unsigned long *counts;
static const char *under;
static size_t under_length;
static enum kind kind;
static unsigned long at;

/* The C library's own function, looked up when it is first called. */
#define REAL(name) ({ if (!real_##name) real_##name = dlsym(RTLD_NEXT, #name); real_##name; })
static int (*real_open)(const char *, int, ...);
static int (*real_open64)(const char *, int, ...);
static int (*real_openat)(int, const char *, int, ...);
static int (*real_openat64)(int, const char *, int, ...);
static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static ssize_t (*real_pwrite64)(int, const void *, size_t, off_t);
static ssize_t (*real_writev)(int, const struct iovec *, int);
static ssize_t (*real_pwritev)(int, const struct iovec *, int, off_t);
static ssize_t (*real_pwritev64)(int, const struct iovec *, int, off_t);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_ftruncate)(int, off_t);
static int (*real_ftruncate64)(int, off_t);
static int (*real_rename)(const char *, const char *);
static int (*real_mkdir)(const char *, mode_t);
static int (*real_unlink)(const char *);

__attribute__((constructor)) static void start(void) {
  const char *state = getenv("FAULTS_STATE"), *name = getenv("FAULTS_KIND"), *place = getenv("FAULTS_AT");
  under = getenv("FAULTS_UNDER");
  if (!under || !state) return;
  under_length = strlen(under);
  int file = REAL(open)(state, O_RDWR | O_CREAT, 0600);
  if (file < 0 || REAL(ftruncate)(file, 4096) != 0) abort();
  counts = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (counts == MAP_FAILED) abort();
  close(file);
  for (size_t each = 0; name && each < sizeof kinds / sizeof *kinds; each++)
    if (strcmp(name, kinds[each]) == 0) kind = each;
  at = place ? strtoul(place, NULL, 10) : 0;
}

static int is_below(const char *path) {
  return counts && strncmp(path, under, under_length) == 0 && (path[under_length] == '/' || path[under_length] == 0);
}

static int is_path_below(const char *path) {
  char whole[2 * PATH_MAX];
  if (!counts || !path) return 0;
  if (path[0] == '/') return is_below(path);
  if (!getcwd(whole, PATH_MAX)) return 0;
  strcat(strcat(whole, "/"), path);
  return is_below(whole);
}

static int is_file_below(int file) {
  char link[64], path[PATH_MAX];
  if (!counts || file <= 2) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return is_below(path);
}

/* Counts an operation; whether it is the one, or one after it, that goes wrong. */
static int is_struck(enum class operation) {
  unsigned long number = atomic_fetch_add(&counts[operation], 1) + 1;
  if (kind == NONE || at == 0) return 0;
  if (kind == FULL) return operation == WRITE ? number >= at : atomic_load(&counts[WRITE]) >= at;
  return class_of[kind] == operation && number == at;
}

static off_t place_of(int file) { return lseek(file, 0, SEEK_CUR); }

/* One write, at `place` or, below 0, at the file's own place, which it then moves. */
static ssize_t write_at(int file, const void *bytes, size_t length, off_t place) {
  return place < 0 ? REAL(write)(file, bytes, length) : REAL(pwrite64)(file, bytes, length, place);
}

static ssize_t struck_write(int file, const char *bytes, size_t length, off_t place) {
  const off_t from = place < 0 ? place_of(file) : place;
  switch (kind) {
    case FULL: errno = ENOSPC; return -1;
    case IO: errno = EIO; return -1;
    case SHORT: return write_at(file, bytes, length > 1 ? length / 2 : length, place);
    case LOST: break;
    case MISDIRECTED: REAL(pwrite64)(file, bytes, length, from + 512); break;
    case FLIPPED: {
      char *other = malloc(length);
      memcpy(other, bytes, length);
      other[length / 2] ^= 4;
      ssize_t written = write_at(file, other, length, place);
      free(other);
      return written;
    }
    case KILL: kill(getpid(), SIGKILL); pause(); break;
    default: break;
  }
  if (place < 0) lseek(file, from + (off_t)length, SEEK_SET);
  return (ssize_t)length;
}

ssize_t write(int file, const void *bytes, size_t length) {
  if (length == 0 || !is_file_below(file) || !is_struck(WRITE)) return REAL(write)(file, bytes, length);
  return struck_write(file, bytes, length, -1);
}

ssize_t pwrite(int file, const void *bytes, size_t length, off_t place) {
  if (length == 0 || !is_file_below(file) || !is_struck(WRITE)) return REAL(pwrite)(file, bytes, length, place);
  return struck_write(file, bytes, length, place);
}

ssize_t pwrite64(int file, const void *bytes, size_t length, off_t place) {
  if (length == 0 || !is_file_below(file) || !is_struck(WRITE)) return REAL(pwrite64)(file, bytes, length, place);
  return struck_write(file, bytes, length, place);
}

/* A vector that is struck loses only its first part: what was written is then fewer bytes, which is said. */
ssize_t writev(int file, const struct iovec *parts, int count) {
  if (count == 0 || !is_file_below(file) || !is_struck(WRITE)) return REAL(writev)(file, parts, count);
  return struck_write(file, parts[0].iov_base, parts[0].iov_len, -1);
}

ssize_t pwritev(int file, const struct iovec *parts, int count, off_t place) {
  if (count == 0 || !is_file_below(file) || !is_struck(WRITE)) return REAL(pwritev)(file, parts, count, place);
  return struck_write(file, parts[0].iov_base, parts[0].iov_len, place);
}

ssize_t pwritev64(int file, const struct iovec *parts, int count, off_t place) {
  if (count == 0 || !is_file_below(file) || !is_struck(WRITE)) return REAL(pwritev64)(file, parts, count, place);
  return struck_write(file, parts[0].iov_base, parts[0].iov_len, place);
}

#define SYNC_CALL(name)                                                    \
  int name(int file) {                                                     \
    if (is_file_below(file) && is_struck(SYNC) && kind == SYNC_FAILS) {    \
      errno = EIO;                                                         \
      return -1;                                                           \
    }                                                                      \
    return REAL(name)(file);                                               \
  }
SYNC_CALL(fsync)
SYNC_CALL(fdatasync)

/* Whether a change of a name fails; sets errno. */
static int name_fails(int needs_space) {
  if (!is_struck(NAME)) return 0;
  if (kind == FULL && !needs_space) return 0;
  errno = kind == FULL ? ENOSPC : EIO;
  return 1;
}

#define OPEN_CALL(name, PARAMETERS, ARGUMENTS)                                          \
  int name PARAMETERS {                                                                 \
    mode_t mode = 0;                                                                    \
    if (flags & (O_CREAT | O_TMPFILE)) {                                                \
      va_list rest;                                                                     \
      va_start(rest, flags);                                                            \
      mode = va_arg(rest, mode_t);                                                      \
      va_end(rest);                                                                     \
    }                                                                                   \
    if ((flags & (O_CREAT | O_TRUNC)) && is_path_below(path) && name_fails(1)) return -1; \
    return REAL(name) ARGUMENTS;                                                        \
  }
OPEN_CALL(open, (const char *path, int flags, ...), (path, flags, mode))
OPEN_CALL(open64, (const char *path, int flags, ...), (path, flags, mode))
OPEN_CALL(openat, (int folder, const char *path, int flags, ...), (folder, path, flags, mode))
OPEN_CALL(openat64, (int folder, const char *path, int flags, ...), (folder, path, flags, mode))

int ftruncate(int file, off_t length) {
  return is_file_below(file) && name_fails(0) ? -1 : REAL(ftruncate)(file, length);
}

int ftruncate64(int file, off_t length) {
  return is_file_below(file) && name_fails(0) ? -1 : REAL(ftruncate64)(file, length);
}

int rename(const char *from, const char *to) {
  return is_path_below(to) && name_fails(0) ? -1 : REAL(rename)(from, to);
}

int mkdir(const char *path, mode_t mode) {
  return is_path_below(path) && name_fails(1) ? -1 : REAL(mkdir)(path, mode);
}

int unlink(const char *path) {
  return is_path_below(path) && name_fails(0) ? -1 : REAL(unlink)(path);
}
