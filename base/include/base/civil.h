// SPDX-License-Identifier: GPL-3.0-or-later
// Days and dates of the proleptic Gregorian calendar.
#ifndef BASE_CIVIL_H
#define BASE_CIVIL_H

#include <stdint.h>

struct civil_date {
    int64_t year, month, day; // month 1 to 12, day 1 to 31
};

// Days since 1970-01-01. A day beyond the month runs into the next one.
int64_t civil_days(struct civil_date date);

struct civil_date civil_of_days(int64_t days);

int64_t civil_month_days(int64_t year, int64_t month); // 28 to 31

int64_t civil_weekday(int64_t days); // 0 Sunday to 6 Saturday

#endif
