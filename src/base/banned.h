/* SPDX-License-Identifier: MIT */
#ifndef EU_BASE_BANNED_H
#define EU_BASE_BANNED_H

/*
 * Functions that nothing here may call. The build includes this header before
 * every source. It includes none itself, since sources choose what system
 * headers declare (_GNU_SOURCE) first.
 */

#ifndef __ASSEMBLER__
#define EU_BANNED(instead) __attribute__((unavailable("banned: use " instead)))

/* These do not know how much room there is. */
char *strcpy(char *, const char *) EU_BANNED("memcpy or snprintf");
char *stpcpy(char *, const char *) EU_BANNED("memcpy");
char *strcat(char *, const char *) EU_BANNED("struct eu_buf");
int sprintf(char *, const char *, ...) EU_BANNED("snprintf");
int vsprintf(char *, const char *, __builtin_va_list) EU_BANNED("vsnprintf");
char *gets(char *) EU_BANNED("fgets");

/* These know, but leave text without its end, or take room for what is left. */
char *strncpy(char *, const char *, __SIZE_TYPE__) EU_BANNED("snprintf");
char *strncat(char *, const char *, __SIZE_TYPE__) EU_BANNED("struct eu_buf");

/* These take anything for a number. */
int atoi(const char *) EU_BANNED("strtol");
long atol(const char *) EU_BANNED("strtol");
long long atoll(const char *) EU_BANNED("strtoll");
double atof(const char *) EU_BANNED("eu_number_real");

/* This keeps something between calls, which other threads change. */
char *strtok(char *, const char *) EU_BANNED("strsep");

/* These give a name that somebody else may take first. */
char *mktemp(char *) EU_BANNED("mkstemp");
char *tmpnam(char *) EU_BANNED("mkstemp");

#endif
#endif
