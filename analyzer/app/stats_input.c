// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats_input.h"

#include <math.h>
#include <string.h>

#include "base/file.h"
#include "base/nearest.h"
#include "base/utf8.h"
#include "query/decimal.h"

#define MOST_BYTES ((size_t)256 << 20)

enum { MOST_COLUMNS = 256 };

struct lines { // of one file
    const char *file;
    const char *p, *end;
    size_t number; // of the line last taken, from 1
};

struct cells { // of one line
    const char *start, *p, *end;
    char delimiter; // ',', '\t', or ' ' for any blanks
    bool done;
};

struct sheet { // what is known of one file
    struct lines lines;
    struct arena *arena;
    struct error *err;
    char delimiter;
    size_t width;      // cells of the first line; 0: there is no line
    size_t first_line; // its number
    const char *names[MOST_COLUMNS];
    bool named;
    size_t picked[2]; // columns to keep
    size_t pick_count;
};

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r';
}

static struct view trimmed(struct view text) {
    while (text.len > 0 && is_blank(text.ptr[0])) text = (struct view){text.ptr + 1, text.len - 1};
    while (text.len > 0 && is_blank(text.ptr[text.len - 1])) text.len--;
    return text;
}

static bool equals_ignoring_case(struct view text, const char *lower) {
    if (text.len != strlen(lower)) return false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i] >= 'A' && text.ptr[i] <= 'Z' ? (char)(text.ptr[i] - 'A' + 'a') : text.ptr[i];
        if (c != lower[i]) return false;
    }
    return true;
}

bool stats_number_parse(struct view text, double *ret) {
    if (decimal_parse(text.ptr, text.len, ret)) return !isinf(*ret) || text.ptr[text.len - 1] == 'f'; // 1e999 is no double
    static const struct {
        const char *word;
        double value;
    } words[] = {{"nan", (double)NAN},
                 {"na", (double)NAN},
                 {"inf", (double)INFINITY},
                 {"+inf", (double)INFINITY},
                 {"-inf", -(double)INFINITY},
                 {"infinity", (double)INFINITY},
                 {"-infinity", -(double)INFINITY},
                 {"+infinity", (double)INFINITY}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (!equals_ignoring_case(text, words[i].word)) continue;
        *ret = words[i].value;
        return true;
    }
    return false;
}

// The next line that says something. False at the end.
static bool next_line(struct lines *lines, struct view *ret) {
    while (lines->p < lines->end) {
        const char *feed = memchr(lines->p, '\n', (size_t)(lines->end - lines->p));
        struct view line = {lines->p, (size_t)((feed != NULL ? feed : lines->end) - lines->p)};
        lines->p = feed != NULL ? feed + 1 : lines->end;
        lines->number++;
        while (line.len > 0 && line.ptr[line.len - 1] == '\r') line.len--;
        struct view said = trimmed(line);
        if (said.len == 0 || said.ptr[0] == '#') continue;
        *ret = line;
        return true;
    }
    return false;
}

static struct cells cells_of(struct view line, char delimiter) {
    return (struct cells){line.ptr, line.ptr, line.ptr + line.len, delimiter, false};
}

static bool next_word(struct cells *cells, struct view *ret) {
    while (cells->p < cells->end && is_blank(*cells->p)) cells->p++;
    const char *start = cells->p;
    while (cells->p < cells->end && !is_blank(*cells->p)) cells->p++;
    *ret = (struct view){start, (size_t)(cells->p - start)};
    return ret->len > 0;
}

// Cells may stand in quotes, which hide delimiters; quotes around a cell are not part of it.
static bool next_cell(struct cells *cells, struct view *ret) {
    if (cells->delimiter == ' ') return next_word(cells, ret);
    if (cells->done) return false;
    const char *start = cells->p, *p = start;
    bool quoted = false;
    for (; p < cells->end && (quoted || *p != cells->delimiter); p++) quoted ^= *p == '"';
    cells->done = p == cells->end;
    cells->p = p + !cells->done;
    *ret = trimmed((struct view){start, (size_t)(p - start)});
    if (ret->len >= 2 && ret->ptr[0] == '"' && ret->ptr[ret->len - 1] == '"') *ret = (struct view){ret->ptr + 1, ret->len - 2};
    return true;
}

// A copy that no terminal takes for a command.
static char *printable(struct arena *arena, struct view text) {
    char *copy = arena_strndup(arena, text.ptr, text.len);
    for (char *p = copy; *p != '\0'; p++) {
        if ((unsigned char)*p < ' ' || *p == 127) *p = '?';
    }
    return copy;
}

// A cell as an error shows it.
static const char *shown(struct arena *arena, struct view cell) {
    char *text = printable(arena, (struct view){cell.ptr, cell.len < 40 ? cell.len : 40});
    while (!utf8_is_valid(view_of(text))) text[strlen(text) - 1] = '\0'; // cut within a character, or never one
    return text;
}

static bool fail_at(struct sheet *sheet, const struct cells *cells, struct view cell, const char *expected) {
    return error_set(sheet->err, ERROR_DATA, "%s:%zu:%zu: found \"%s\", expected %s", sheet->lines.file, sheet->lines.number,
                     (size_t)(cell.ptr - cells->start) + 1, shown(sheet->arena, cell), expected);
}

static char delimiter_of(struct view line) {
    if (memchr(line.ptr, ',', line.len) != NULL) return ',';
    struct view said = trimmed(line); // a tab may also indent
    return memchr(said.ptr, '\t', said.len) != NULL ? '\t' : ' ';
}

// Takes the first line as one of names when no cell of it is a number. False with err when it is neither that nor numbers.
static bool read_names(struct sheet *sheet, struct view line) {
    struct cells cells = cells_of(line, sheet->delimiter);
    struct view cell, first_word = {0};
    bool numbers = false;
    double number;
    while (next_cell(&cells, &cell)) {
        if (sheet->width == MOST_COLUMNS)
            return error_set(sheet->err, ERROR_LIMIT, "%s: more than %d columns", sheet->lines.file, MOST_COLUMNS);
        bool is_number = stats_number_parse(cell, &number);
        numbers |= decimal_parse(cell.ptr, cell.len, &number); // also one beyond the doubles, which is no name
        numbers |= is_number;
        if (!is_number && cell.len > 0 && first_word.ptr == NULL) first_word = cell;
        if (cell.len > 0 && !utf8_is_valid(cell)) return fail_at(sheet, &cells, cell, "UTF-8");
        sheet->names[sheet->width++] = printable(sheet->arena, cell);
    }
    sheet->named = first_word.ptr != NULL;
    if (sheet->named && numbers) return fail_at(sheet, &cells, first_word, "a number, as in the other cells of this line");
    return true;
}

static bool open_sheet(struct sheet *sheet, const char *file) {
    struct view text, line;
    sheet->lines.file = strcmp(file, "-") == 0 ? "standard input" : file;
    if (!file_read(file, MOST_BYTES, sheet->arena, &text, sheet->err)) return false;
    if (text.len >= 3 && memcmp(text.ptr, "\xEF\xBB\xBF", 3) == 0) text = (struct view){text.ptr + 3, text.len - 3};
    sheet->lines.p = text.ptr;
    sheet->lines.end = text.ptr + text.len;
    struct lines begin = sheet->lines;
    if (!next_line(&sheet->lines, &line)) return true;
    sheet->delimiter = delimiter_of(line);
    sheet->first_line = sheet->lines.number;
    if (!read_names(sheet, line)) return false;
    if (!sheet->named) sheet->lines = begin;
    return true;
}

static bool find_column(struct sheet *sheet, struct view name, size_t *ret) {
    for (size_t i = 0; sheet->named && i < sheet->width; i++) {
        if (!view_is(name, sheet->names[i])) continue;
        *ret = i;
        return true;
    }
    double number;
    if (stats_number_parse(name, &number) && number >= 1 && number <= (double)sheet->width && number == floor(number)) {
        *ret = (size_t)number - 1;
        return true;
    }
    const char *near = sheet->named ? nearest_word(name, sheet->names, sheet->width) : NULL;
    return error_set(sheet->err, ERROR_USAGE, "--columns: %s has no column %.*s among its %zu%s%s", sheet->lines.file, (int)name.len,
                     name.ptr, sheet->width, near != NULL ? "; did you mean " : "", near != NULL ? near : "");
}

// Picks the columns: those of the list from `*list` on, which is moved on, or all that there are.
static bool pick_columns(struct sheet *sheet, const char **list) {
    if (sheet->width == 0) return true;
    if (*list == NULL && sheet->width != sheet->pick_count)
        return error_set(sheet->err, ERROR_DATA, "%s:%zu: found %zu column%s, expected %zu; --columns chooses some of many",
                         sheet->lines.file, sheet->first_line, sheet->width, sheet->width == 1 ? "" : "s", sheet->pick_count);
    for (size_t i = 0; i < sheet->pick_count; i++) {
        sheet->picked[i] = i;
        if (*list == NULL) continue;
        struct view name = {*list, strcspn(*list, ",")};
        if (!find_column(sheet, name, &sheet->picked[i])) return false;
        *list += name.len + ((*list)[name.len] == ',');
    }
    return true;
}

static bool read_line(struct sheet *sheet, struct view line, double *const values[2], size_t row) {
    struct cells cells = cells_of(line, sheet->delimiter);
    struct view cell = {line.ptr, 0};
    size_t column = 0;
    for (size_t i = 0; i < sheet->pick_count; i++) values[i][row] = (double)NAN;
    for (; next_cell(&cells, &cell); column++) {
        double number = (double)NAN;
        if (column == sheet->width) return fail_at(sheet, &cells, cell, "the end of the line, as on the first one");
        if (cell.len > 0 && !stats_number_parse(cell, &number)) return fail_at(sheet, &cells, cell, "a number");
        for (size_t i = 0; i < sheet->pick_count; i++) {
            if (sheet->picked[i] == column) values[i][row] = number;
        }
    }
    if (sheet->delimiter == ' ' && column < sheet->width)
        return fail_at(sheet, &cells, (struct view){cells.end, 0}, "as many cells as on the first line; NaN is a missing one");
    return true;
}

static size_t count_lines(struct lines lines) {
    struct view line;
    size_t count = 0;
    while (next_line(&lines, &line)) count++;
    return count;
}

static bool read_values(struct sheet *sheet, struct stats_sample *samples) {
    size_t rows = count_lines(sheet->lines), row = 0;
    double *values[2] = {NULL, NULL};
    struct view line;
    if (rows > MOST_NUMBERS / sheet->pick_count)
        return error_set(sheet->err, ERROR_LIMIT, "%s: more than %zu numbers", sheet->lines.file, MOST_NUMBERS);
    for (size_t i = 0; i < sheet->pick_count; i++) values[i] = arena_array(sheet->arena, rows + 1, sizeof *values[i]);
    for (; next_line(&sheet->lines, &line); row++) {
        if (!read_line(sheet, line, values, row)) return false;
    }
    for (size_t i = 0; i < sheet->pick_count; i++) {
        const char *name = sheet->named ? sheet->names[sheet->picked[i]] : "";
        samples[i] = (struct stats_sample){name, values[i], rows, 0};
        for (row = 0; row < rows; row++) samples[i].missing += isnan(values[i][row]) ? 1 : 0;
    }
    return true;
}

static bool check_list(const char *list, size_t wanted, struct error *err) {
    size_t count = 1;
    for (const char *p = list; *p != '\0'; p++) count += *p == ',';
    return count == wanted || error_set(err, ERROR_USAGE, "--columns: expected %zu name%s or number%s, found %s", wanted,
                                        wanted == 1 ? "" : "s", wanted == 1 ? "" : "s", list);
}

bool stats_input_read(const char *const *files, size_t file_count, const char *columns, size_t wanted, struct arena *arena,
                      struct stats_sample *samples, struct error *err) {
    static const char *const standard_input = "-";
    if (columns != NULL && !check_list(columns, wanted, err)) return false;
    if (file_count == 0) files = &standard_input;
    for (size_t i = 0; i < wanted;) {
        struct sheet *sheet = arena_alloc(arena, sizeof *sheet);
        sheet->arena = arena;
        sheet->err = err;
        sheet->pick_count = file_count == 2 ? 1 : wanted;
        if (!open_sheet(sheet, files[i]) || !pick_columns(sheet, &columns) || !read_values(sheet, samples + i)) return false;
        i += sheet->pick_count;
    }
    bool same = wanted == 2 && strcmp(samples[0].name, samples[1].name) == 0;
    for (size_t i = 0; i < wanted; i++) {
        if (same || samples[i].name[0] == '\0') samples[i].name = i == 0 ? "x" : "y";
    }
    return true;
}
