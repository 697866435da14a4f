// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#ifndef SIGNALS_H
#define SIGNALS_H

/*
 * What ecli shows. The comments become part of the package; @format says what a
 * number means beyond its C type, and so how it is shown and filtered.
 */

/// a signal that was sent
struct event {
	/// when the call began @format timestamp
	unsigned long long when;
	/// how long it took @format duration
	unsigned long long took;
	/// who sent it @format uid
	unsigned int uid;
	/// the sender
	int pid;
	/// the receiver
	int target;
	/// @format signal
	int sig;
	/// what the call returned @format errno
	int ret;
	/// name of the sender
	char comm[16];
};

#endif
