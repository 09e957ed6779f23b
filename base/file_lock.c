// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/file_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static struct flock whole_file(void) {
    return (struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET};
}

// Who has the lock; -1 when that cannot be told, for instance as it was given up meanwhile.
static long holder_of(int file) {
    struct flock lock = whole_file();
    return fcntl(file, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK && lock.l_pid > 0 ? (long)lock.l_pid : -1;
}

bool file_lock_take(struct file_lock *lock, const char *path, long *ret_holder, struct error *err) {
    struct flock whole = whole_file();
    *ret_holder = 0;
    lock->file = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (lock->file < 0) return error_set(err, ERROR_IO, "%s: %s", path, strerror(errno));
    if (fcntl(lock->file, F_SETLK, &whole) == 0) return true;
    bool taken = errno == EACCES || errno == EAGAIN;
    if (taken) *ret_holder = holder_of(lock->file);
    if (!taken) error_set(err, ERROR_IO, "%s: %s", path, strerror(errno));
    file_lock_drop(lock);
    return taken;
}

void file_lock_drop(struct file_lock *lock) {
    if (lock->file >= 0) close(lock->file);
    lock->file = -1;
}
