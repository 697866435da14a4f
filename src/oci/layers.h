/* SPDX-License-Identifier: MIT */
#ifndef EU_OCI_LAYERS_H
#define EU_OCI_LAYERS_H

/*
 * Programs among the files of an image. Layers come in their order, each over
 * those before: a file hides one of the same path, and so does what stands for
 * "removed" (".wh.NAME", ".wh..wh..opq"). A layer is a tar archive, packed with
 * gzip or not, or a file of its own.
 *
 * Files are told by their bytes. Nothing is written anywhere, and what has a
 * path that leads out of the image is not looked at.
 */

#include "base/buf.h"
#include "base/error.h"

enum eu_layer_kind {
	EU_LAYER_WASM,	  /* in the order in which they are chosen */
	EU_LAYER_ARCHIVE, /* a tar with a package and the BTF of kernels */
	EU_LAYER_PACKAGE,
	EU_LAYER_OBJECT,
	EU_LAYER_KINDS,
};

struct eu_layer_file {
	char *path;
	char *data; /* a NUL behind them */
	size_t len;
	enum eu_layer_kind kind;
	unsigned int layer;
};

struct eu_layers {
	struct eu_layer_file *files;
	size_t n;
	unsigned int layer; /* the last that was added; the first is 1 */
	uint64_t max;	    /* bytes that a layer may unpack to */
	uint64_t max_all;   /* the same of all of them */
	uint64_t used;	    /* of those */
};

/* @title is the name of what is a file of its own. -EINVAL, -E2BIG. */
int eu_layers_add(struct eu_layers *l, const void *data, size_t len,
		  const char *title, struct eu_error *err);

/*
 * The one program: of the first kind of which there are any the only one, or
 * the one that is called @wanted (NULL: nobody says). -ENOENT for none, -EINVAL
 * for several, whose paths are named.
 */
int eu_layers_pick(struct eu_layers *l, const char *wanted,
		   struct eu_layer_file **ret, struct eu_error *err);

void eu_layers_done(struct eu_layers *l);

#define eu_auto_layers EU_CLEANUP(eu_layers_done)

#endif
