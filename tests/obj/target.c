/* SPDX-License-Identifier: MIT */
/*
 * What the scenarios probe in user space. For each number on standard input it
 * calls eu_work() with it and prints what that returned; for the word "libc" it
 * calls getsid(0) and prints 1, for "where" it prints where eu_work() is, for
 * "up" that word.
 *
 * "target listen PATH" stands in for a service manager: it prints "bound" when a
 * socket of that name can be sent to, then the datagram that comes. "target fire
 * MAGIC TIMES" sets off a program of fire.h, faster than a shell can. "target
 * unlink PATH" does that. "target connect NAME" makes a TCP connection to itself
 * with the congestion control of that name. "target talk BYTES" makes one, sends
 * so many bytes and prints how many came. "target frame INTERFACE PORT" sends a
 * frame with a packet from 192.0.2.7, port 7, to 192.0.2.2. "target reuseport
 * PROGRAM MAP NUMBER..." has two sockets that share a port, with the program and
 * in the map of those ids, sends the numbers and prints who got each. "target
 * dial ADDRESS..." connects UDP sockets.
 */
#include <arpa/inet.h>
#include <linux/bpf.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/if_ether.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

int eu_work(int n);

/* How an address is written, and the size of a long. */
#if __SIZEOF_POINTER__ == 8
#define ADDRESS ".8byte"
#define SIZE "8"
#else
#define ADDRESS ".4byte"
#define SIZE "4"
#endif

/*
 * A probe "eunomia:work" with one argument, as <sys/sdt.h> of SystemTap makes
 * them: a nop, and a note that says where it is and where the argument.
 */
#define PROBE(argument)                                                      \
	__asm__ volatile("990: nop\n"                                        \
			 ".pushsection .note.stapsdt, \"\", \"note\"\n"      \
			 ".balign 4\n"                                       \
			 ".4byte 992f - 991f, 994f - 993f, 3\n"              \
			 "991: .asciz \"stapsdt\"\n"                         \
			 "992: .balign 4\n"                                  \
			 "993: " ADDRESS " 990b\n" ADDRESS                   \
			 " _.stapsdt.base\n" ADDRESS " 0\n"                  \
			 ".asciz \"eunomia\"\n"                              \
			 ".asciz \"work\"\n"                                 \
			 ".asciz \"-" SIZE "@%0\"\n"                         \
			 "994: .balign 4\n"                                  \
			 ".popsection\n"                                     \
			 ".pushsection .stapsdt.base, \"a\", \"progbits\"\n" \
			 "_.stapsdt.base: .space 1\n"                        \
			 ".popsection\n"                                     \
			 :                                                   \
			 : "r"((long)(argument)))

__attribute__((noinline, visibility("default"))) int eu_work(int n)
{
	__asm__ volatile("" : "+r"(n));
	PROBE(n);
	return n * 2;
}

static int listen_at(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	char text[256];
	ssize_t n;

	snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)))
		return 1;
	puts("bound");
	fflush(stdout);
	n = recv(fd, text, sizeof(text), 0);
	printf("%.*s\n", (int)n, text);
	return 0;
}

/* Both ends of a connection to ourselves. */
static int connect_self(int client, int *ret_other)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int server = socket(AF_INET, SOCK_STREAM, 0);
	socklen_t n = sizeof(a);

	if (bind(server, (struct sockaddr *)&a, sizeof(a)) ||
	    listen(server, 1) || getsockname(server, (struct sockaddr *)&a, &n) ||
	    connect(client, (struct sockaddr *)&a, n))
		return 1;
	*ret_other = accept(server, NULL, NULL);
	return *ret_other < 0;
}

static int connect_with(const char *name)
{
	int client = socket(AF_INET, SOCK_STREAM, 0), other;

	if (setsockopt(client, IPPROTO_TCP, TCP_CONGESTION, name, strlen(name)))
		return 1;
	return connect_self(client, &other);
}

static int talk(int bytes)
{
	int client = socket(AF_INET, SOCK_STREAM, 0), other;
	char text[4096] = { 0 };

	if (connect_self(client, &other))
		return 1;
	if (send(client, text, bytes, 0) != bytes)
		return 2;
	printf("%d\n", (int)recv(other, text, sizeof(text), 0));
	return 0;
}

static int send_frame(const char *interface, int port)
{
	unsigned char frame[] = {
		0xff,
		0xff,
		0xff,
		0xff,
		0xff,
		0xff,
		2,
		0,
		0,
		0,
		0,
		7,
		8,
		0,
		/* IPv4, 33 bytes of UDP with that sum of its header */
		0x45,
		0,
		0,
		33,
		0,
		0,
		0,
		0,
		64,
		17,
		0xf6,
		0xc2,
		192,
		0,
		2,
		7,
		192,
		0,
		2,
		2,
		/* from port 7, no sum */
		0,
		7,
		port >> 8,
		port,
		0,
		13,
		0,
		0,
		'h',
		'e',
		'l',
		'l',
		'o',
	};
	struct sockaddr_ll a = { .sll_family = AF_PACKET,
				 .sll_protocol = htons(ETH_P_IP),
				 .sll_ifindex = if_nametoindex(interface) };
	int fd = socket(AF_PACKET, SOCK_RAW, 0);

	return sendto(fd, frame, sizeof(frame), 0, (struct sockaddr *)&a,
		      sizeof(a)) != sizeof(frame);
}

/* The descriptor of what has that id. */
static int by_id(int command, const char *id)
{
	union bpf_attr a = { .prog_id = (uint32_t)strtoul(id, NULL, 10) };

	return syscall(SYS_bpf, command, &a, sizeof(a));
}

static int share_port(char **argv)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int prog = by_id(BPF_PROG_GET_FD_BY_ID, argv[0]), one = 1;
	union bpf_attr put = { .map_fd = by_id(BPF_MAP_GET_FD_BY_ID, argv[1]) };
	socklen_t n = sizeof(a);
	struct pollfd fds[2];
	uint64_t value;
	uint32_t key;

	for (key = 0; key < 2; key++) {
		fds[key].events = POLLIN;
		fds[key].fd = socket(AF_INET, SOCK_DGRAM, 0);
		value = fds[key].fd;
		put.key = (uintptr_t)&key;
		put.value = (uintptr_t)&value;
		if (setsockopt(fds[key].fd, SOL_SOCKET, SO_REUSEPORT, &one,
			       sizeof(one)) ||
		    bind(fds[key].fd, (struct sockaddr *)&a, n) ||
		    getsockname(fds[key].fd, (struct sockaddr *)&a, &n) ||
		    syscall(SYS_bpf, BPF_MAP_UPDATE_ELEM, &put, sizeof(put)))
			return 1;
	}
	if (setsockopt(fds[0].fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_EBPF, &prog,
		       sizeof(prog)))
		return 2;
	for (argv += 2; *argv; argv++) {
		char number = (char)strtol(*argv, NULL, 10);

		if (sendto(socket(AF_INET, SOCK_DGRAM, 0), &number, 1, 0,
			   (struct sockaddr *)&a, n) != 1 ||
		    poll(fds, 2, -1) < 1)
			return 3;
		key = fds[1].revents ? 1 : 0;
		if (recv(fds[key].fd, &number, 1, 0) != 1)
			return 4;
		printf("%u\n", key);
	}
	return 0;
}

static int at_terminal(char **argv)
{
	int master, slave, status;
	char text[256];
	pid_t pid;

	if (openpty(&master, &slave, NULL, NULL, NULL))
		return 125;
	pid = fork();
	if (!pid) {
		dup2(slave, 0);
		dup2(slave, 1);
		close(master);
		close(slave);
		execv(argv[0], argv);
		_exit(127);
	}
	close(slave);
	if (read(master, text, sizeof(text)) <= 0)
		return 125;
	close(master);
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return 125;
	return WEXITSTATUS(status);
}

/* By the system call of that name; on s390x libc has another for all sockets. */
static int dial(char **to)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(9) };

	for (; *to; to++) {
		int fd = socket(AF_INET, SOCK_DGRAM, 0);

		if (inet_pton(AF_INET, *to, &a.sin_addr) != 1 ||
		    syscall(SYS_connect, fd, &a, sizeof(a)))
			return 1;
		close(fd);
	}
	return 0;
}

int main(int argc, char **argv)
{
	char line[64];

	if (argc > 2 && !strcmp(argv[1], "terminal"))
		return at_terminal(argv + 2);
	if (argc == 3 && !strcmp(argv[1], "listen"))
		return listen_at(argv[2]);
	if (argc == 3 && !strcmp(argv[1], "unlink"))
		return unlink(argv[2]) != 0;
	if (argc == 4 && !strcmp(argv[1], "frame"))
		return send_frame(argv[2], (int)strtol(argv[3], NULL, 10));
	if (argc > 4 && !strcmp(argv[1], "reuseport"))
		return share_port(argv + 2);
	if (argc == 3 && !strcmp(argv[1], "talk"))
		return talk((int)strtol(argv[2], NULL, 10));
	if (argc > 2 && !strcmp(argv[1], "dial"))
		return dial(argv + 2);
	if (argc == 3 && !strcmp(argv[1], "connect"))
		return connect_with(argv[2]);
	if (argc == 4 && !strcmp(argv[1], "fire"))
		for (int i = strtol(argv[3], NULL, 10); i > 0; i--)
			kill(strtol(argv[2], NULL, 10), 0);
	if (argc > 1)
		return 0;
	while (fgets(line, sizeof(line), stdin)) {
		if (!strncmp(line, "libc", 4))
			/* 0 where the session is not of this PID namespace. */
			printf("%d\n", getsid(0) >= 0);
		else if (!strncmp(line, "where", 5))
			printf("%lu\n", (unsigned long)eu_work);
		else if (!strncmp(line, "up", 2))
			puts("up");
		else
			printf("%d\n", eu_work(strtol(line, NULL, 10)));
		fflush(stdout);
	}
	return 0;
}
