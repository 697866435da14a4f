/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "bundle.h"
#include "net/authorities.h"

/*
 * This executable's path, to be freed. Where /proc is not mounted it is what
 * the kernel was given.
 */
static char *find_self(void)
{
	char *self = realpath("/proc/self/exe", NULL);

	return self ? self : realpath((char *)getauxval(AT_EXECFN), NULL);
}

/*
 * The loader stands there under the tool's name, so that processes have it.
 * Libraries of this system are none of its business.
 */
static int become(const char *dir, int argc, char **argv)
{
	char loader[PATH_MAX], libraries[PATH_MAX], program[PATH_MAX];
	const char *first[] = { loader,		  "--inhibit-cache",
				"--library-path", libraries,
				"--argv0",	  argc ? argv[0] : "ecli",
				program };
	const size_t n = sizeof(first) / sizeof(first[0]);
	const char **all = calloc(n + argc + 1, sizeof(*all));

	if (!all)
		return -ENOMEM;
	snprintf(loader, sizeof(loader), "%s/ecli", dir);
	snprintf(libraries, sizeof(libraries), "%s/lib", dir);
	snprintf(program, sizeof(program), "%s/lib/ecli", dir);
	memcpy(all, first, sizeof(first));
	for (int i = 1; i < argc; i++)
		all[n + i - 1] = argv[i];
	execv(loader, (char **)all);
	free(all);
	return -errno;
}

/* Where this system has no authorities, the ones that came along. */
static void set_authorities(const char *dir)
{
	const size_t n = sizeof(eu_authorities) / sizeof(eu_authorities[0]);
	char own[PATH_MAX];

	for (size_t i = 0; i < n; i++) {
		if (!access(eu_authorities[i], R_OK))
			return;
	}
	snprintf(own, sizeof(own), "%s/ca-certificates.crt", dir);
	setenv("SSL_CERT_FILE", own, 0);
}

int main(int argc, char **argv)
{
	char *self = find_self(), *dir;
	struct archive a;
	int why = ENOENT;
	int r = self ? archive_open(self, &a) : -errno;

	if (r) {
		fprintf(stderr, "ecli: cannot read '%s': %s\n",
			self ? self : "itself",
			r == -ENOEXEC ? "it is not whole, download it again" :
					strerror(-r));
		return 1;
	}
	dir = cache_open(&a, self, &why);
	if (!dir) {
		fprintf(stderr,
			"ecli: nowhere to unpack to: %s; set XDG_CACHE_HOME to a folder with 40 MB that programs may be executed from\n",
			why == EBADMSG ? "the file is damaged, download it again" :
					 strerror(why));
		return 1;
	}
	set_authorities(dir);
	r = become(dir, argc, argv);
	fprintf(stderr, "ecli: cannot execute '%s/ecli': %s\n", dir,
		strerror(-r));
	return 1;
}
