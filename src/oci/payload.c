/* SPDX-License-Identifier: MIT */
#include "oci/payload.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char TYPE[] = "cosign container image signature";

char *eu_payload_write(const struct eu_ref *ref, const char *digest,
		       const json_t *notes, size_t *ret_len)
{
	char name[EU_REF_HOST + EU_REF_PATH + 1];
	eu_auto_json json_t *j = NULL;

	/* Docker's own registry goes by its old name here. */
	snprintf(name, sizeof(name), "%s/%s",
		 strcmp(ref->host, "docker.io") ? ref->host : "index.docker.io",
		 ref->path);
	j = json_pack("{s:{s:{s:s},s:{s:s},s:s},s:O?}", "critical", "identity",
		      "docker-reference", name, "image",
		      "docker-manifest-digest", digest, "type", TYPE,
		      "optional", json_object_size(notes) ? notes : NULL);
	return j ? eu_json_write(j, ret_len) : NULL;
}

static int check_notes(const json_t *optional, const json_t *notes,
		       struct eu_error *err)
{
	const char *key, *found;
	json_t *want;

	json_object_foreach ((json_t *)notes, key, want) {
		found = eu_json_str(optional, key);
		if (!found || strcmp(found, json_string_value(want)) != 0)
			return eu_error_set(err, -EBADMSG,
					    "its payload does not say '%s=%s'",
					    key, json_string_value(want));
	}
	return 0;
}

int eu_payload_check(const char *data, size_t len, const char *digest,
		     const json_t *notes, struct eu_error *err)
{
	eu_auto_json json_t *j = NULL;
	const json_t *critical;
	const char *type, *found;
	json_error_t je;

	/* Of two members of one name others may read the other one. */
	j = json_loadb(data, len, JSON_REJECT_DUPLICATES, &je);
	if (!j)
		return eu_error_set(err, -EBADMSG, "its payload is no JSON");
	critical = json_object_get(j, "critical");
	type = eu_json_str(critical, "type");
	if (!type || strcmp(type, TYPE) != 0)
		return eu_error_set(err, -EBADMSG,
				    "its payload is not of type '%s'", TYPE);
	found = eu_json_str(json_object_get(critical, "image"),
			    "docker-manifest-digest");
	if (!found || !eu_digest_is_valid(found))
		return eu_error_set(err, -EBADMSG,
				    "its payload names no manifest by a digest");
	if (strcmp(found, digest) != 0)
		return eu_error_set(err, -EBADMSG,
				    "its payload is about another manifest, %s",
				    found);
	return check_notes(json_object_get(j, "optional"), notes, err);
}
