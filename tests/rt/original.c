/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <eunomia/eunomia-bpf.h>

/*
 * A program as it was written for the original:
 *
 *	original text|json|raw PACKAGE COUNT [ARGUMENT...]
 *	original fill META SIZE [ARGUMENT...]
 *	original skel META OBJECT
 *
 * The first prints COUNT events, once "ready" is printed and standard input has
 * said "go"; "stop" there ends it, "pause" and "go" do what they say.
 */

static long left;
static struct eunomia_polling_handle *control;

static int fail(int status)
{
	char text[4096];

	get_error_message(text, sizeof(text));
	printf("%d: %s\n", status, text);
	return 1;
}

static char *read_file(const char *path, size_t *ret_size)
{
	FILE *f = fopen(path, "r");
	char *data = malloc(1 << 20);

	*ret_size = f && data ? fread(data, 1, (1 << 20) - 1, f) : 0;
	if (!*ret_size)
		exit(2);
	data[*ret_size] = '\0';
	fclose(f);
	return data;
}

static void on_text(void *ctx, const char *data, size_t size)
{
	printf("%s%s", (const char *)ctx, data);
	/* It says so as well. */
	puts(strlen(data) == size ? "" : " (longer)");
	fflush(stdout);
	if (--left == 0)
		handle_terminate(control);
}

static void on_bytes(void *ctx, const char *data, size_t size)
{
	int pid;

	memcpy(&pid, data, sizeof(pid));
	printf("%s%zu bytes, %d\n", (const char *)ctx, size, pid);
	if (--left == 0)
		handle_terminate(control);
}

static void *listen(void *arg)
{
	char line[64];

	(void)arg;
	while (fgets(line, sizeof(line), stdin)) {
		if (!strcmp(line, "stop\n"))
			handle_terminate(control);
		else
			handle_set_pause_state(control, !strcmp(line, "pause\n"));
	}
	return NULL;
}

static int run(enum export_format_type type, const char *path, char **args,
	       int argc)
{
	char mark[] = "> ";
	struct eunomia_bpf *b;
	pthread_t thread;
	size_t size;
	char *json = read_file(path, &size);
	int r;

	b = open_eunomia_skel_from_json_package_with_args(json, args, argc, NULL);
	free(json);
	if (!b)
		return fail(0);
	if (handle_create(b) || get_bpf_fd(b, "rb") != -1)
		return 3;
	if (load_and_attach_eunomia_skel(b)) {
		fail(-1);
		destroy_eunomia_skel(b);
		return 1;
	}
	if (load_and_attach_eunomia_skel(b) != -1 || get_bpf_fd(b, "rb") < 0 ||
	    get_bpf_fd(b, "on_exec") < 0 || get_bpf_fd(b, "none") != -1)
		return 3;
	control = handle_create(b);
	handle_set_pause_state(control, 1);
	pthread_create(&thread, NULL, listen, NULL);
	puts("ready");
	fflush(stdout);
	r = wait_and_poll_events_to_handler(
		b, type, type == EXPORT_RAW_EVENT ? on_bytes : on_text, mark);
	destroy_eunomia_skel(b);
	/* It outlives the program, for the thread's sake. */
	handle_terminate(control);
	printf("ended %d\n", r);
	return r != 0;
}

static int fill(const char *path, size_t room, char **args, int argc)
{
	char *out = malloc(room);
	size_t size;
	char *json = read_file(path, &size);
	int r = parse_args_to_json_config(json, args, argc, out, room);

	if (r)
		fail(r);
	else
		puts(out);
	free(out);
	free(json);
	return r != 0;
}

static int open_skel(const char *meta, const char *object)
{
	size_t size, object_size;
	char *json = read_file(meta, &size),
	     *data = read_file(object, &object_size);
	struct eunomia_bpf *b = open_eunomia_skel_from_json(json, data,
							    object_size, NULL);

	free(json);
	free(data);
	if (!b)
		return fail(0);
	/* Refused once, it is there only to be freed. */
	if (load_and_attach_eunomia_skel(b))
		fail(-1);
	free_bpf_skel(b);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc < 4)
		return 2;
	left = strtol(argv[3], NULL, 10);
	if (!strcmp(argv[1], "fill"))
		return fill(argv[2], (size_t)left, argv + 3, argc - 3);
	if (!strcmp(argv[1], "skel"))
		return open_skel(argv[2], argv[3]);
	return run(!strcmp(argv[1], "raw")  ? EXPORT_RAW_EVENT :
		   !strcmp(argv[1], "json") ? EXPORT_JSON :
					      EXPORT_PLANT_TEXT,
		   argv[2], argv + 3, argc - 3);
}
