/*
 * Records what a program does to the files below one folder, between it and its C library (LD_PRELOAD), so that the disk
 * after a power cut can be made: everything that was not synced may be lost. Node and SQLite both write through the C library.
 *
 * Environment: RECORD_UNDER, the folder; RECORD_LOG, a file that all threads and processes of the program append to, one
 * operation at a time: seven numbers of 8 bytes (kind, inode, place, length, bytes of the path, of the other path, of the
 * content), then these bytes. RECORD_LOCK: a file they share.
 *
 * Operations: 1 made (a file), 2 written, 3 cut (to a length), 4 synced (a file or folder), 5 renamed, 6 removed, 7 made a folder.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum operation { MADE = 1, WRITTEN, CUT, SYNCED, RENAMED, REMOVED, FOLDER };

static _Atomic int *held;
static int journal = -1;
static const char *under;
static size_t under_length;

#define REAL(name) ({ if (!real_##name) real_##name = dlsym(RTLD_NEXT, #name); real_##name; })
#define DECLARE(result, name, parameters) static result(*real_##name) parameters
DECLARE(int, open, (const char *, int, ...));
DECLARE(int, open64, (const char *, int, ...));
DECLARE(int, openat, (int, const char *, int, ...));
DECLARE(int, openat64, (int, const char *, int, ...));
DECLARE(ssize_t, write, (int, const void *, size_t));
DECLARE(ssize_t, pwrite, (int, const void *, size_t, off_t));
DECLARE(ssize_t, pwrite64, (int, const void *, size_t, off_t));
DECLARE(ssize_t, writev, (int, const struct iovec *, int));
DECLARE(ssize_t, pwritev, (int, const struct iovec *, int, off_t));
DECLARE(ssize_t, pwritev64, (int, const struct iovec *, int, off_t));
DECLARE(ssize_t, copy_file_range, (int, off64_t *, int, off64_t *, size_t, unsigned));
DECLARE(ssize_t, sendfile, (int, int, off_t *, size_t));
DECLARE(ssize_t, sendfile64, (int, int, off64_t *, size_t));
DECLARE(int, fsync, (int));
DECLARE(int, fdatasync, (int));
DECLARE(int, ftruncate, (int, off_t));
DECLARE(int, ftruncate64, (int, off_t));
DECLARE(int, rename, (const char *, const char *));
DECLARE(int, mkdir, (const char *, mode_t));
DECLARE(char *, mkdtemp, (char *));
DECLARE(int, unlink, (const char *));
DECLARE(int, unlinkat, (int, const char *, int));
DECLARE(int, rmdir, (const char *));
DECLARE(int, remove, (const char *));

__attribute__((constructor)) static void start(void) {
  const char *log = getenv("RECORD_LOG"), *lock = getenv("RECORD_LOCK");
  const char *folder = getenv("RECORD_UNDER");
  if (!folder || !log || !lock) return;
  int file = REAL(open)(lock, O_RDWR | O_CREAT, 0600);
  if (file < 0 || REAL(ftruncate)(file, 4096) != 0) abort();
  held = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (held == MAP_FAILED) abort();
  close(file);
  journal = REAL(open)(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (journal < 0) abort();
  under_length = strlen(folder);
  under = folder;
}

static void take(void) {
  int none = 0;
  while (!atomic_compare_exchange_weak(held, &none, 1)) {
    none = 0;
    sched_yield();
  }
}

static void give(void) { atomic_store(held, 0); }

static int is_below(const char *path) {
  return under && strncmp(path, under, under_length) == 0 && (path[under_length] == '/' || path[under_length] == 0);
}

/* The whole path of a name in a folder; 0 where it is elsewhere. */
static int whole_path(int folder, const char *path, char whole[2 * PATH_MAX]) {
  if (!under || !path) return 0;
  whole[0] = 0;
  if (path[0] != '/') {
    if (folder == AT_FDCWD) {
      if (!getcwd(whole, PATH_MAX)) return 0;
    } else {
      char link[64];
      snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
      ssize_t length = readlink(link, whole, PATH_MAX - 1);
      if (length < 0) return 0;
      whole[length] = 0;
    }
    strcat(whole, "/");
  }
  strncat(whole, path, PATH_MAX - 1);
  return is_below(whole);
}

static int path_of_file(int file, char path[2 * PATH_MAX]) {
  char link[64];
  if (!under || file <= 2) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, PATH_MAX - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return is_below(path);
}

static uint64_t inode_of(int file) {
  struct stat found;
  return fstat(file, &found) == 0 ? found.st_ino : 0;
}

static uint64_t inode_at(const char *path) {
  struct stat found;
  return lstat(path, &found) == 0 ? found.st_ino : 0;
}

static void note(enum operation kind, uint64_t inode, uint64_t place, uint64_t length, const char *path, const char *other,
                 const void *content, uint64_t size) {
  uint64_t head[7] = {kind, inode, place, length, strlen(path), strlen(other), size};
  struct iovec parts[4] = {{head, sizeof head}, {(void *)path, head[4]}, {(void *)other, head[5]}, {(void *)content, size}};
  if (REAL(writev)(journal, parts, 4) < 0) abort();
}

static void note_write(int file, const char *path, off_t place, const void *bytes, ssize_t written) {
  if (written > 0) note(WRITTEN, inode_of(file), place, written, path, "", bytes, written);
}

/* Where an append writes is known afterwards. */
#define WRITE_CALL(name, PARAMETERS, ARGUMENTS, bytes)                    \
  ssize_t name PARAMETERS {                                               \
    char path[2 * PATH_MAX];                                              \
    if (!path_of_file(file, path)) return REAL(name) ARGUMENTS;           \
    take();                                                               \
    ssize_t written = REAL(name) ARGUMENTS;                               \
    note_write(file, path, PLACE(written), bytes, written);               \
    give();                                                               \
    return written;                                                       \
  }
#define PLACE(written) (lseek(file, 0, SEEK_CUR) - (written))
WRITE_CALL(write, (int file, const void *bytes, size_t length), (file, bytes, length), bytes)
#undef PLACE
#define PLACE(written) (place)
WRITE_CALL(pwrite, (int file, const void *bytes, size_t length, off_t place), (file, bytes, length, place), bytes)
WRITE_CALL(pwrite64, (int file, const void *bytes, size_t length, off_t place), (file, bytes, length, place), bytes)
#undef PLACE

static ssize_t write_parts(int file, const struct iovec *parts, int count, off_t place) {
  ssize_t all = 0;
  for (int each = 0; each < count; each++) {
    ssize_t written = place < 0 ? write(file, parts[each].iov_base, parts[each].iov_len)
                                : pwrite64(file, parts[each].iov_base, parts[each].iov_len, place + all);
    if (written < 0) return all > 0 ? all : written;
    all += written;
    if ((size_t)written < parts[each].iov_len) break;
  }
  return all;
}

ssize_t writev(int file, const struct iovec *parts, int count) {
  char path[2 * PATH_MAX];
  return path_of_file(file, path) ? write_parts(file, parts, count, -1) : REAL(writev)(file, parts, count);
}
ssize_t pwritev(int file, const struct iovec *parts, int count, off_t place) {
  char path[2 * PATH_MAX];
  return path_of_file(file, path) ? write_parts(file, parts, count, place) : REAL(pwritev)(file, parts, count, place);
}
ssize_t pwritev64(int file, const struct iovec *parts, int count, off_t place) {
  char path[2 * PATH_MAX];
  return path_of_file(file, path) ? write_parts(file, parts, count, place) : REAL(pwritev64)(file, parts, count, place);
}

/* Copies within the kernel are refused, so that the program copies by reads and writes. */
static int refused(void) {
  extern int *__errno_location(void);
  *__errno_location() = 38;
  return -1;
}
ssize_t copy_file_range(int from, off64_t *at, int file, off64_t *to, size_t length, unsigned flags) {
  char path[2 * PATH_MAX];
  return path_of_file(file, path) ? refused() : REAL(copy_file_range)(from, at, file, to, length, flags);
}
ssize_t sendfile(int file, int from, off_t *at, size_t length) {
  char path[2 * PATH_MAX];
  return path_of_file(file, path) ? refused() : REAL(sendfile)(file, from, at, length);
}
ssize_t sendfile64(int file, int from, off64_t *at, size_t length) {
  char path[2 * PATH_MAX];
  return path_of_file(file, path) ? refused() : REAL(sendfile64)(file, from, at, length);
}

#define SYNC_CALL(name)                                          \
  int name(int file) {                                           \
    char path[2 * PATH_MAX];                                     \
    if (!path_of_file(file, path)) return REAL(name)(file);      \
    take();                                                      \
    note(SYNCED, inode_of(file), 0, 0, path, "", "", 0);         \
    give();                                                      \
    return 0;                                                    \
  }
SYNC_CALL(fsync)
SYNC_CALL(fdatasync)

#define CUT_CALL(name)                                                         \
  int name(int file, off_t length) {                                           \
    char path[2 * PATH_MAX];                                                   \
    if (!path_of_file(file, path)) return REAL(name)(file, length);            \
    take();                                                                    \
    int result = REAL(name)(file, length);                                     \
    if (result == 0) note(CUT, inode_of(file), 0, length, path, "", "", 0);    \
    give();                                                                    \
    return result;                                                             \
  }
CUT_CALL(ftruncate)
CUT_CALL(ftruncate64)

#define OPEN_CALL(name, PARAMETERS, ARGUMENTS, folder)                                      \
  int name PARAMETERS {                                                                     \
    mode_t mode = 0;                                                                        \
    char whole[2 * PATH_MAX];                                                               \
    if (flags & (O_CREAT | O_TMPFILE)) {                                                    \
      va_list rest;                                                                         \
      va_start(rest, flags);                                                                \
      mode = va_arg(rest, mode_t);                                                          \
      va_end(rest);                                                                         \
    }                                                                                       \
    if (!(flags & (O_CREAT | O_TRUNC)) || !whole_path(folder, path, whole)) return REAL(name) ARGUMENTS; \
    take();                                                                                 \
    const int is_new = inode_at(whole) == 0;                                                \
    int file = REAL(name) ARGUMENTS;                                                        \
    if (file >= 0 && is_new) note(MADE, inode_of(file), 0, 0, whole, "", "", 0);            \
    else if (file >= 0 && (flags & O_TRUNC)) note(CUT, inode_of(file), 0, 0, whole, "", "", 0); \
    give();                                                                                 \
    return file;                                                                            \
  }
OPEN_CALL(open, (const char *path, int flags, ...), (path, flags, mode), AT_FDCWD)
OPEN_CALL(open64, (const char *path, int flags, ...), (path, flags, mode), AT_FDCWD)
OPEN_CALL(openat, (int at, const char *path, int flags, ...), (at, path, flags, mode), at)
OPEN_CALL(openat64, (int at, const char *path, int flags, ...), (at, path, flags, mode), at)

int rename(const char *from, const char *to) {
  char old[2 * PATH_MAX], new[2 * PATH_MAX];
  if (!whole_path(AT_FDCWD, from, old) || !whole_path(AT_FDCWD, to, new)) return REAL(rename)(from, to);
  take();
  int result = REAL(rename)(from, to);
  if (result == 0) note(RENAMED, inode_at(new), 0, 0, old, new, "", 0);
  give();
  return result;
}

int mkdir(const char *path, mode_t mode) {
  char whole[2 * PATH_MAX];
  if (!whole_path(AT_FDCWD, path, whole)) return REAL(mkdir)(path, mode);
  take();
  int result = REAL(mkdir)(path, mode);
  if (result == 0) note(FOLDER, inode_at(whole), 0, 0, whole, "", "", 0);
  give();
  return result;
}

char *mkdtemp(char *path) {
  char whole[2 * PATH_MAX];
  if (!whole_path(AT_FDCWD, path, whole)) return REAL(mkdtemp)(path);
  take();
  char *result = REAL(mkdtemp)(path);
  if (result && whole_path(AT_FDCWD, path, whole)) note(FOLDER, inode_at(whole), 0, 0, whole, "", "", 0);
  give();
  return result;
}

#define REMOVE_CALL(name, PARAMETERS, ARGUMENTS, folder)                        \
  int name PARAMETERS {                                                         \
    char whole[2 * PATH_MAX];                                                   \
    if (!whole_path(folder, path, whole)) return REAL(name) ARGUMENTS;          \
    take();                                                                     \
    const uint64_t inode = inode_at(whole);                                     \
    int result = REAL(name) ARGUMENTS;                                          \
    if (result == 0) note(REMOVED, inode, 0, 0, whole, "", "", 0);              \
    give();                                                                     \
    return result;                                                              \
  }
REMOVE_CALL(unlink, (const char *path), (path), AT_FDCWD)
REMOVE_CALL(rmdir, (const char *path), (path), AT_FDCWD)
REMOVE_CALL(remove, (const char *path), (path), AT_FDCWD)
REMOVE_CALL(unlinkat, (int at, const char *path, int flags), (at, path, flags), at)
