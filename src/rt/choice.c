/* SPDX-License-Identifier: MIT */
#include "rt/choice.h"

#include <errno.h>
#include <string.h>

#include "base/nearest.h"
#include "rt/attach.h"
#include "rt/failure.h"

int eu_choice_unknown(const struct eu_program *p, const char *name,
		      struct eu_error *err)
{
	struct eu_nearest near = { .wanted = name };

	eu_error_set(err, -ENOENT, "no program '%s' in '%s'", name, p->pkg->name);
	for (size_t i = 0; i < p->pkg->n_progs; i++)
		eu_nearest_try(&near, p->pkg->progs[i].name,
			       strlen(p->pkg->progs[i].name));
	return eu_nearest_or_all(&near, -ENOENT, err);
}

static int choose(struct eu_program *p, const char *name, uint8_t what,
		  struct eu_error *err)
{
	const struct eu_prog *prog = eu_package_prog(p->pkg, name);
	int r = eu_program_expect(p, EU_PHASE_OPEN, err);

	if (r)
		return r;
	if (prog) {
		p->choice[prog - p->pkg->progs] |= what;
		p->only = p->only || what == EU_CHOICE_ASKED;
		return 0;
	}
	return eu_choice_unknown(p, name, err);
}

int eu_program_only(struct eu_program *p, const char *name, struct eu_error *err)
{
	return choose(p, name, EU_CHOICE_ASKED, err);
}

int eu_program_skip(struct eu_program *p, const char *name, struct eu_error *err)
{
	return choose(p, name, EU_CHOICE_SKIPPED, err);
}

int eu_program_autoload(struct eu_program *p, const char *name, bool load,
			struct eu_error *err)
{
	const struct eu_prog *prog = eu_package_prog(p->pkg, name);
	int r = eu_program_expect(p, EU_PHASE_OPEN, err);

	if (r)
		return r;
	if (!prog)
		return eu_choice_unknown(p, name, err);
	p->choice[prog - p->pkg->progs] = load ? EU_CHOICE_ASKED :
						 EU_CHOICE_SKIPPED;
	return 0;
}

bool eu_choice_wants(const struct eu_program *p, const struct eu_prog *prog)
{
	uint8_t how = p->choice[prog - p->pkg->progs];
	size_t at = 0;

	if (how & EU_CHOICE_SKIPPED)
		return false;
	if (p->only || how & EU_CHOICE_ASKED)
		return how & EU_CHOICE_ASKED;
	return !prog->manual || eu_attach_goal(p, prog, &at);
}

const struct eu_prog *eu_choice_other(const struct eu_program *p,
				      const struct eu_prog *prog)
{
	return prog->either ? eu_package_prog(p->pkg, prog->either) : NULL;
}

bool eu_choice_stands_in(const struct eu_program *p, const struct eu_prog *prog)
{
	for (size_t i = 0; p->has_either && i < p->pkg->n_progs; i++)
		if (p->pkg->progs[i].either &&
		    !strcmp(p->pkg->progs[i].either, prog->name))
			return true;
	return false;
}

bool eu_choice_droppable(const struct eu_program *p, const struct eu_prog *prog)
{
	return prog->optional || prog->either || eu_choice_stands_in(p, prog);
}

void eu_choice_drop(struct eu_program *p, const struct eu_prog *prog,
		    const struct eu_error *why)
{
	struct bpf_program *bpf = eu_program_find(p, prog->name);

	p->choice[prog - p->pkg->progs] |= EU_CHOICE_SKIPPED;
	if (bpf)
		bpf_program__set_autoload(bpf, false);
	/* What the verifier said would be many lines. */
	if (why)
		eu_log(&p->log, 0, "left out: %.*s",
		       (int)strcspn(why->text, "\n"), why->text);
}

/* Somebody left out all that there is. */
static bool nothing_left(const struct eu_program *p)
{
	bool skipped = false;

	for (size_t i = 0; i < p->pkg->n_progs; i++) {
		if (eu_choice_wants(p, &p->pkg->progs[i]))
			return false;
		skipped = skipped || p->choice[i] & EU_CHOICE_SKIPPED;
	}
	return skipped;
}

int eu_choice_check(const struct eu_program *p, struct eu_error *err)
{
	const struct eu_prog *prog, *other;
	size_t steps;

	if (nothing_left(p))
		return eu_error_set(err, -EINVAL,
				    "no program is left: all of '%s' are left out",
				    p->pkg->name);

	for (size_t i = 0; p->has_either && i < p->pkg->n_progs; i++) {
		prog = &p->pkg->progs[i];
		if (prog->either && !eu_choice_other(p, prog))
			return eu_error_set(
				err, -EINVAL,
				"program '%s': @either names '%s', which is no program of '%s'",
				prog->name, prog->either, p->pkg->name);
		steps = 0;
		for (other = prog; other; other = eu_choice_other(p, other))
			if (steps++ > p->pkg->n_progs)
				return eu_error_set(
					err, -EINVAL,
					"program '%s': its @either leads back to it",
					prog->name);
	}
	return 0;
}

void eu_choice_apply(struct eu_program *p)
{
	struct bpf_program *bpf;

	for (size_t i = 0; i < p->pkg->n_progs; i++) {
		bpf = eu_program_find(p, p->pkg->progs[i].name);
		if (bpf)
			bpf_program__set_autoload(
				bpf, eu_choice_wants(p, &p->pkg->progs[i]));
	}
}

/* Does it load when it is the only one? If not why not is in @err. */
static int try_alone(struct eu_program *p, const struct eu_prog *prog,
		     struct eu_error *err)
{
	struct bpf_program *bpf;
	struct bpf_object *old;
	int r = eu_program_renew(p, false, &old, err);

	if (r)
		return r;
	bpf_object__for_each_program (bpf, p->obj)
		bpf_program__set_autoload(bpf, !strcmp(bpf_program__name(bpf),
						       prog->name));
	r = eu_attach_prepare(p, prog, err);
	if (!r) {
		eu_log_enter(&p->log);
		r = bpf_object__load(p->obj);
		eu_log_leave();
		if (r)
			r = eu_failure_cause(p, prog, r, err);
	}
	bpf_object__close(p->obj);
	p->obj = old;
	return r;
}

int eu_choice_retry(struct eu_program *p, struct eu_error *err)
{
	const struct eu_prog *prog;
	struct bpf_object *old;
	struct eu_error why = { 0 };
	bool dropped = false;
	int r;

	for (size_t i = 0; i < p->pkg->n_progs; i++) {
		prog = &p->pkg->progs[i];
		if (!eu_choice_wants(p, prog) || !eu_choice_droppable(p, prog))
			continue;
		r = try_alone(p, prog, &why);
		/* That says nothing about the kernel, unless probes do. */
		if (r == -ENOMEM)
			return eu_error_set(err, r, "%s", why.text);
		if (!r)
			continue;
		eu_choice_drop(p, prog, &why);
		dropped = true;
	}
	if (!dropped)
		return -ENOENT;
	r = eu_program_renew(p, true, &old, err);
	if (r)
		return r;
	bpf_object__close(old);
	eu_choice_apply(p);
	for (size_t i = 0; i < p->pkg->n_progs && !r; i++)
		if (eu_choice_wants(p, &p->pkg->progs[i]))
			r = eu_attach_prepare(p, &p->pkg->progs[i], err);
	if (r)
		return r;
	eu_log_enter(&p->log);
	r = bpf_object__load(p->obj);
	eu_log_leave();
	return r ? eu_failure_explain(p, r, err) : 0;
}
