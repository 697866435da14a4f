/* SPDX-License-Identifier: MIT */
#ifndef UPROBE_H
#define UPROBE_H

struct event {
	bool sub;  /* of uprobe_sub(), else uprobe_add() */
	bool exit; /* it returns, else it is called */
	int a, b;  /* the arguments */
	int result;
};

#endif
