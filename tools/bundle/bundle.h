/* SPDX-License-Identifier: MIT */
#ifndef BUNDLE_H
#define BUNDLE_H

/*
 * One file that has all of ecli in it, its modules, the libraries of these and
 * their loader: a static executable with an archive behind it. At its first
 * start it unpacks that to a folder of the user's own which is called after
 * the archive's digest, and from then on only goes there.
 *
 * Behind the executable stand a tar file under gzip and, last in the file,
 * TRAILER: "DIGEST SIZE eunomia-bundle\n", the archive's SHA-256 in hexadecimal
 * and its bytes in 12 decimal digits.
 */

#include <stdbool.h>
#include <stddef.h>

enum { DIGEST = 64, TRAILER = DIGEST + 1 + 12 + sizeof(" eunomia-bundle") };

struct archive {
	const unsigned char *data;
	size_t len;
	char digest[DIGEST + 1];
};

/* Maps the archive of this very executable. 0 or a negative errno. */
int archive_open(const char *self, struct archive *ret);

/*
 * All of its files into the folder @dir, and behind them one called "index":
 * a line "SIZE PATH" for each, and "end". 0 or a negative errno.
 */
int archive_unpack(const struct archive *a, int dir);

/* Is all that the index names in @dir, and of that size? */
bool archive_is_there(int dir);

/*
 * The path of the folder with what is in @a, unpacked now if need be, to be
 * freed. NULL with @ret_why if there is no place for it. The folder is locked
 * for as long as this process lives, whatever it executes.
 */
char *cache_open(const struct archive *a, const char *self, int *ret_why);

#endif
