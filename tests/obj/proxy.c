/* SPDX-License-Identifier: MIT */
/*
 * A wire that breaks, and servers that misbehave. Each prints the address that
 * it listens on, 127.0.0.1 and a port that was free, and goes on until it is
 * killed.
 *
 * "proxy forward PORT" passes bytes to and from PORT of this machine. It is told
 * on standard input when to stop doing so:
 *
 *	cut N		after N more bytes from the server closes the connection,
 *			and those after it are left alone
 *	reset N		the same, by a reset
 *	hold N		after N bytes passes none until "go"
 *	pass, go	no fault any more
 *
 * " each" behind a number counts in each connection, and does it in each; " up"
 * counts what comes from the client. Each line is answered by "ok DOWN UP": how
 * many bytes have passed since the line before.
 *
 * "proxy tunnel LOG PORT" is a proxy for the method CONNECT, which always leads
 * to PORT. LOG gets what it was asked.
 *
 * "proxy answer LOG RULE..." answers requests by the rules [HOW:]WORD=FILE: the
 * first not yet used whose WORD is in the request's first line, or the last of
 * those, gives the file's bytes as they are, and the connection is closed. HOW
 * may be "hang": nothing comes after them, and "endless": x after x. LOG gets
 * the heads of all requests.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { DOWN, UP, MAX_HEAD = 64 << 10, MAX_PIECE = 16 << 10, MAX_RULES = 16 };

/* What is to go wrong next, and what has passed since it was said. */
static struct {
	enum { PASS, CUT, RESET, HOLD } what;
	bool each;
	int way; /* DOWN or UP */
	uint64_t at;
	uint64_t passed[2];
} fault;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t told = PTHREAD_COND_INITIALIZER;

struct wire {
	int fd[2]; /* [DOWN]: the client's, [UP]: the server's */
	uint64_t passed[2];
	int users;
	bool broken;
};

/* One way of it: to fd[way]. */
struct way {
	struct wire *wire;
	int way;
};

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static bool write_all(int fd, const char *p, size_t n)
{
	ssize_t r;

	for (; n; p += r, n -= r) {
		r = send(fd, p, n, MSG_NOSIGNAL);
		if (r <= 0)
			return false;
	}
	return true;
}

static int listen_anywhere(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&a, len) ||
	    listen(fd, SOMAXCONN) || getsockname(fd, (struct sockaddr *)&a, &len))
		die("listen");
	printf("127.0.0.1:%d\n", ntohs(a.sin_port));
	fflush(stdout);
	return fd;
}

static int dial(int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_port = htons(port),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (connect(fd, (struct sockaddr *)&a, sizeof(a))) {
		close(fd);
		return -1;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return fd;
}

/* The head of a request, ended by NUL; its length or -1. */
static ssize_t read_head(int fd, char *head)
{
	size_t n = 0;

	while (n + 1 < MAX_HEAD && recv(fd, head + n, 1, 0) == 1) {
		head[++n] = '\0';
		if (n >= 4 && !strcmp(head + n - 4, "\r\n\r\n"))
			return n;
	}
	return -1;
}

static void note(const char *log, const char *head, size_t n)
{
	int fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);

	if (fd < 0 || write(fd, head, n) != (ssize_t)n)
		die(log);
	close(fd);
}

static void start(void *(*run)(void *), void *arg)
{
	pthread_t t;

	if (pthread_create(&t, NULL, run, arg))
		die("pthread_create");
	pthread_detach(t);
}

/* ---- forward */

/* How many of @n bytes may pass before something goes wrong. */
static size_t allowed(const struct way *w, size_t n)
{
	const uint64_t passed = fault.each ? w->wire->passed[w->way] :
					     fault.passed[w->way];

	if (fault.what == PASS || fault.way != w->way || passed + n <= fault.at)
		return n;
	return passed < fault.at ? fault.at - passed : 0;
}

static void count(struct way *w, size_t n)
{
	fault.passed[w->way] += n;
	w->wire->passed[w->way] += n;
}

static void break_off(struct wire *w)
{
	const struct linger now = { .l_onoff = 1 };

	w->broken = true;
	if (fault.what == RESET) {
		setsockopt(w->fd[DOWN], SOL_SOCKET, SO_LINGER, &now, sizeof(now));
		shutdown(w->fd[DOWN], SHUT_RD);
	} else {
		shutdown(w->fd[DOWN], SHUT_RDWR);
	}
	shutdown(w->fd[UP], SHUT_RDWR);
	if (!fault.each)
		fault.what = PASS;
}

/* False: the connection has ended. */
static bool pass(struct way *w, const char *p, size_t n)
{
	bool alive = true;
	size_t k;

	pthread_mutex_lock(&lock);
	while (n && alive && !w->wire->broken) {
		k = allowed(w, n);
		count(w, k);
		if (k) {
			/* Who reads may be waited for; commands may come. */
			pthread_mutex_unlock(&lock);
			alive = write_all(w->wire->fd[w->way], p, k);
			pthread_mutex_lock(&lock);
			p += k;
			n -= k;
		} else if (fault.what == HOLD) {
			pthread_cond_wait(&told, &lock);
		} else {
			break_off(w->wire);
		}
	}
	alive = alive && !w->wire->broken;
	pthread_mutex_unlock(&lock);
	return alive;
}

static void *move(void *arg)
{
	struct way *w = arg;
	struct wire *wire = w->wire;
	char piece[MAX_PIECE];
	bool last;
	ssize_t n;

	while ((n = recv(wire->fd[!w->way], piece, sizeof(piece), 0)) > 0) {
		if (!pass(w, piece, n))
			break;
	}
	pthread_mutex_lock(&lock);
	/* An end is held as well. */
	while (fault.what == HOLD && !wire->broken && !allowed(w, 1))
		pthread_cond_wait(&told, &lock);
	if (!wire->broken)
		shutdown(wire->fd[w->way], SHUT_WR);
	last = !--wire->users;
	pthread_mutex_unlock(&lock);
	if (last) {
		close(wire->fd[DOWN]);
		close(wire->fd[UP]);
		free(wire);
	}
	free(w);
	return NULL;
}

static void join(int client, int port)
{
	struct wire *wire = calloc(1, sizeof(*wire));
	struct way *ways[2] = { calloc(1, sizeof(struct way)),
				calloc(1, sizeof(struct way)) };
	int on = 1;

	setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	wire->fd[DOWN] = client;
	wire->fd[UP] = dial(port);
	wire->users = 2;
	for (int i = 0; i < 2; i++)
		*ways[i] = (struct way){ wire, i };
	if (wire->fd[UP] >= 0) {
		start(move, ways[DOWN]);
		start(move, ways[UP]);
		return;
	}
	close(client);
	free(wire);
	free(ways[DOWN]);
	free(ways[UP]);
}

static void obey(const char *line)
{
	static const char *const names[] = { "pass", "cut", "reset", "hold" };
	uint64_t passed[2];

	pthread_mutex_lock(&lock);
	memcpy(passed, fault.passed, sizeof(passed));
	memset(&fault, 0, sizeof(fault));
	for (int i = 0; i < 4; i++) {
		if (!strncmp(line, names[i], strlen(names[i])))
			fault.what = i;
	}
	fault.at = strtoull(line + strcspn(line, "0123456789\n"), NULL, 10);
	fault.each = strstr(line, " each");
	fault.way = strstr(line, " up") ? UP : DOWN;
	pthread_cond_broadcast(&told);
	pthread_mutex_unlock(&lock);
	printf("ok %llu %llu\n", (unsigned long long)passed[DOWN],
	       (unsigned long long)passed[UP]);
	fflush(stdout);
}

static void *listen_to_commands(void *arg)
{
	char line[128];

	while (fgets(line, sizeof(line), stdin))
		obey(line);
	return arg;
}

static int forward(char **argv)
{
	const int port = (int)strtol(argv[0], NULL, 10);
	int client, fd = listen_anywhere();

	start(listen_to_commands, NULL);
	while ((client = accept4(fd, NULL, NULL, SOCK_CLOEXEC)) >= 0)
		join(client, port);
	return 1;
}

/* ---- tunnel */

static int tunnel(char **argv)
{
	static const char yes[] = "HTTP/1.1 200 OK\r\n\r\n";
	const int port = (int)strtol(argv[1], NULL, 10);
	static char head[MAX_HEAD];
	int client, fd = listen_anywhere();
	ssize_t n;

	while ((client = accept4(fd, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
		n = read_head(client, head);
		if (n > 0)
			note(argv[0], head, n);
		if (n > 0 && !strncmp(head, "CONNECT ", 8) &&
		    write_all(client, yes, sizeof(yes) - 1))
			join(client, port);
		else
			close(client);
	}
	return 1;
}

/* ---- answer */

struct rule {
	const char *how, *word, *file;
	bool used;
};

static const char *log_file;
static struct rule rules[MAX_RULES];
static int n_rules;

static struct rule *rule_for(const char *head)
{
	const size_t n = strcspn(head, "\r");
	struct rule *r = NULL;

	for (int i = 0; i < n_rules && !(r && !r->used); i++) {
		if (memmem(head, n, rules[i].word, strlen(rules[i].word)))
			r = &rules[i];
	}
	return r;
}

static bool send_file(int fd, const char *path)
{
	char piece[MAX_PIECE];
	int from = open(path, O_RDONLY | O_CLOEXEC);
	bool alive = true;
	ssize_t n;

	if (from < 0)
		die(path);
	while (alive && (n = read(from, piece, sizeof(piece))) > 0)
		alive = write_all(fd, piece, n);
	close(from);
	return alive;
}

/* Bytes that were not read would make a reset of the close. */
static void hang_up(int fd)
{
	char piece[MAX_PIECE];

	shutdown(fd, SHUT_WR);
	while (recv(fd, piece, sizeof(piece), 0) > 0)
		;
	close(fd);
}

static void *answer_one(void *arg)
{
	const int fd = (int)(intptr_t)arg;
	char *head = malloc(MAX_HEAD), x[MAX_PIECE];
	ssize_t n = head ? read_head(fd, head) : -1;
	struct rule *r = NULL;

	if (n > 0) {
		pthread_mutex_lock(&lock);
		note(log_file, head, n);
		r = rule_for(head);
		if (r)
			r->used = true;
		pthread_mutex_unlock(&lock);
	}
	memset(x, 'x', sizeof(x));
	if (r && send_file(fd, r->file)) {
		while (!strcmp(r->how, "endless") && write_all(fd, x, sizeof(x)))
			;
		while (!strcmp(r->how, "hang") && recv(fd, x, sizeof(x), 0) > 0)
			;
	}
	hang_up(fd);
	free(head);
	return NULL;
}

static int answer(char **argv)
{
	int client, fd;

	log_file = argv[0];
	for (char **p = argv + 1; *p && n_rules < MAX_RULES; p++) {
		struct rule *r = &rules[n_rules++];
		char *equals = strchr(*p, '='), *colon = strchr(*p, ':');

		if (!equals)
			die(*p);
		*equals = '\0';
		r->file = equals + 1;
		r->how = "";
		r->word = *p;
		if (colon && colon < equals) {
			*colon = '\0';
			r->how = *p;
			r->word = colon + 1;
		}
	}
	fd = listen_anywhere();
	while ((client = accept4(fd, NULL, NULL, SOCK_CLOEXEC)) >= 0)
		start(answer_one, (void *)(intptr_t)client);
	return 1;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(char **argv);
		int args;
	} modes[] = {
		{ "forward", forward, 1 },
		{ "tunnel", tunnel, 2 },
		{ "answer", answer, 2 },
	};

	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
		if (argc >= modes[i].args + 2 && !strcmp(argv[1], modes[i].name))
			return modes[i].run(argv + 2);
	}
	fputs("usage: proxy forward PORT | tunnel LOG PORT | answer LOG RULE...\n",
	      stderr);
	return 2;
}
