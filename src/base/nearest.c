/* SPDX-License-Identifier: MIT */
#include "base/nearest.h"

#include <string.h>

#include "base/util.h"

/*
 * How many characters are to be changed, added, left out or exchanged with the
 * one beside them to make one name of the other; @limit if that or more.
 */
static unsigned int distance(const char *a, size_t n, const char *b, size_t m,
			     unsigned int limit)
{
	unsigned int row[3][EU_NEAREST_LENGTH + 1], least, cost;
	unsigned int *cur, *prev, *old;

	for (size_t j = 0; j <= m; j++)
		row[0][j] = j;
	for (size_t i = 1; i <= n; i++) {
		cur = row[i % 3];
		prev = row[(i + 2) % 3];
		old = row[(i + 1) % 3];
		cur[0] = least = i;
		for (size_t j = 1; j <= m; j++) {
			cost = prev[j - 1] + (a[i - 1] != b[j - 1]);
			cost = eu_min(cost, prev[j] + 1);
			cost = eu_min(cost, cur[j - 1] + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				cost = eu_min(cost, old[j - 2] + 1);
			cur[j] = cost;
			least = eu_min(least, cost);
		}
		if (least >= limit)
			return limit;
	}
	return eu_min(row[n % 3][m], limit);
}

static void see(struct eu_nearest *n, const char *name, size_t len)
{
	if (len >= EU_NEAREST_LENGTH)
		n->n_seen = EU_NEAREST_FEW;
	for (size_t i = 0; i < eu_min(n->n_seen, (size_t)EU_NEAREST_FEW); i++)
		if (!strncmp(n->seen[i], name, len) && !n->seen[i][len])
			return;
	if (n->n_seen < EU_NEAREST_FEW) {
		memcpy(n->seen[n->n_seen], name, len);
		n->seen[n->n_seen][len] = '\0';
	}
	n->n_seen++;
}

void eu_nearest_try(struct eu_nearest *n, const char *name, size_t len)
{
	size_t wanted = strlen(n->wanted), i;
	size_t apart = wanted > len ? wanted - len : len - wanted;
	/* A third of the name may be wrong. */
	unsigned int limit = wanted / 3 + 1, d;

	see(n, name, len);
	if (n->n == EU_NEAREST_NAMES)
		limit = eu_min(limit, n->best[n->n - 1].distance);
	if (!wanted || wanted >= EU_NEAREST_LENGTH || !len ||
	    len >= EU_NEAREST_LENGTH || apart >= limit)
		return;
	d = distance(n->wanted, wanted, name, len, limit);
	if (d >= limit)
		return;
	for (i = 0; i < n->n; i++)
		if (!strncmp(n->best[i].name, name, len) && !n->best[i].name[len])
			return;
	i = eu_min(n->n, (size_t)EU_NEAREST_NAMES - 1);
	for (; i && n->best[i - 1].distance > d; i--)
		n->best[i] = n->best[i - 1];
	n->best[i].distance = d;
	memcpy(n->best[i].name, name, len);
	n->best[i].name[len] = '\0';
	n->n = eu_min(n->n + 1, (size_t)EU_NEAREST_NAMES);
}

int eu_nearest_append(const struct eu_nearest *n, int code, struct eu_error *err)
{
	for (size_t i = 0; i < n->n; i++)
		eu_error_append(err, code, "%s'%s%s'%s",
				!i	     ? "; did you mean " :
				i + 1 < n->n ? ", " :
					       " or ",
				n->prefix ?: "", n->best[i].name,
				i + 1 < n->n ? "" : "?");
	return code;
}

int eu_nearest_or_all(const struct eu_nearest *n, int code, struct eu_error *err)
{
	if (n->n || n->n_seen > EU_NEAREST_FEW)
		return eu_nearest_append(n, code, err);
	for (size_t i = 0; i < n->n_seen; i++)
		eu_error_append(err, code, "%s'%s%s'",
				i	       ? ", " :
				n->n_seen == 1 ? "; there is " :
						 "; there are ",
				n->prefix ?: "", n->seen[i]);
	return code;
}
