// SPDX-License-Identifier: GPL-3.0-or-later
// Runs a fuzz target over the files of a directory where no fuzzer is linked, so that every corpus is part of the tests.
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/file.h"

#define INPUT_LIMIT ((size_t)16 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool replay_file(const char *dir, const char *name, struct error *err) {
    struct arena arena = {0};
    struct view text;
    bool good = file_read(arena_printf(&arena, "%s/%s", dir, name), INPUT_LIMIT, &arena, &text, err);
    if (good) LLVMFuzzerTestOneInput((const uint8_t *)text.ptr, text.len);
    arena_finish(&arena);
    return good;
}

int main(int argc, char **argv) {
    DIR *dir = argc == 2 ? opendir(argv[1]) : NULL;
    if (dir == NULL) {
        fprintf(stderr, "usage: %s DIRECTORY\n", argv[0]);
        return 2;
    }
    struct error err = {0};
    int count = 0;
    bool good = true;
    for (const struct dirent *entry; good && (entry = readdir(dir)) != NULL;) {
        if (entry->d_name[0] == '.') continue;
        good = replay_file(argv[1], entry->d_name, &err);
        count++;
    }
    closedir(dir);
    if (!good) fprintf(stderr, "%s\n", err.text);
    if (count == 0) fprintf(stderr, "%s is empty\n", argv[1]);
    printf("%d inputs\n", count);
    return good && count > 0 ? 0 : 1;
}
