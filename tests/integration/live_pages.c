// SPDX-License-Identifier: GPL-3.0-or-later
// Writes the page of a service that took the result documents, in every format: DIR/0 text, DIR/1 OpenMetrics, DIR/2 protobuf. Further
// arguments are Accept headers: for each a line with the format and the content type that it gets.
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "exporters/live.h"
#include "made_engine.h"

static bool write_page(struct live *live, const char *dir, enum exposition_format format) {
    char path[1024];
    struct error err;
    const struct live_page *page = live_page(live, format, 0);
    snprintf(path, sizeof path, "%s/%d", dir, (int)format);
    bool ok = file_write(path, (struct view){page->data, page->len}, &err);
    if (!ok) fprintf(stderr, "%s\n", err.text);
    live_page_unref(page);
    return ok;
}

static bool take(struct live *live, const char *path) {
    json_error_t problem;
    struct error err = {0};
    json_t *result = json_load_file(path, 0, &problem);
    bool ok = result != NULL && live_result(live, result, 0, &err);
    if (!ok) fprintf(stderr, "%s: %s\n", path, result == NULL ? problem.text : err.text);
    json_decref(result);
    return ok;
}

int main(int argc, char **argv) {
    struct live *live = live_create(NULL);
    static struct made_engine made;
    bool ok = argc > 2;
    for (int i = 2; i < argc && ok; i++) {
        if (strncmp(argv[i], "accept:", 7) == 0) {
            struct exposition_choice choice = exposition_negotiate(argv[i] + 7);
            printf("%d %s\n", (int)choice.format, choice.content_type);
        } else {
            ok = take(live, argv[i]);
        }
    }
    live_engine_set(live, made_engine(&made, 3));
    for (int i = 0; i < EXPOSITION_FORMATS && ok; i++) ok = write_page(live, argv[1], (enum exposition_format)i);
    live_destroy(live);
    return ok ? 0 : 1;
}
