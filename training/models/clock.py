"""The time a training has had, across restarts, its learning rate, and what is due: a line, a look at held-out scenes, a checkpoint."""
import math
import time

PRINT_EVERY = 30  # seconds
LONGEST_STEP = 60  # seconds: what a process that was stopped for a while (SIGSTOP) and goes on counts for the step it was in


def rate_at(progress, warm_up=0.01, hold=0.4):
    """Learning-rate factor at progress 0-1 of the budget: warm-up, plateau, then cosine to 2 %.

    Progress counts minutes, not steps: a run finishes its schedule whatever the machine manages.
    """
    if progress < warm_up:
        return max(progress / warm_up, 0.1)  # a first step at zero would move nothing
    if progress < hold:
        return 1.0
    return 0.02 + 0.98 * (1 + math.cos(math.pi * min(1, (progress - hold) / (1 - hold)))) / 2


class Clock:
    def __init__(self, arguments, save_every, look_every):
        """arguments: of `training_parser`; the others in seconds of training."""
        self.seconds, self.budget = 0.0, 60 * arguments.minutes
        self.ends = None if arguments.stop_after is None else time.time() + 60 * arguments.stop_after  # of this call
        self.every = {"line": PRINT_EVERY, "save": save_every, "look": look_every}
        self.last = dict.fromkeys(self.every, 0.0)
        # Decided once a step: whatever is due at the end is then done. A call makes one step at least, so that the next stage finds something.
        self.over = self.complete

    def resume(self, seconds):
        """seconds: what the calls before have taken"""
        self.seconds = seconds
        self.last = dict.fromkeys(self.every, seconds)
        self.over = self.complete

    @property
    def minutes(self):
        return self.seconds / 60

    @property
    def left(self):
        """Minutes."""
        return (self.budget - self.seconds) / 60

    @property
    def progress(self):
        """0 to 1 of the whole budget."""
        return self.seconds / self.budget

    @property
    def complete(self):
        """Whether the budget is spent; a call may end before."""
        return self.seconds >= self.budget

    def runs(self):
        """Whether there is time for one more step; counts from now if there is."""
        self.started = time.time()
        return not self.over

    def pause(self):
        """The step ends here: looks and checkpoints do not count."""
        self.seconds += min(time.time() - self.started, LONGEST_STEP)
        self.over = self.complete or self.ends is not None and time.time() >= self.ends

    def set_rates(self, optimisers, hold, start=0.0, end=1.0):
        """Every group of the optimisers at its place in a schedule from `start` to `end` of the budget; its own rate is its `base_lr`."""
        factor = rate_at((self.progress - start) / (end - start), hold=hold)
        for optimiser in optimisers:
            for group in optimiser.param_groups:
                group["lr"] = group["base_lr"] * factor

    def since(self, what):
        """Seconds of training since `what` was last due."""
        return self.seconds - self.last[what]

    def due(self, what):
        """Whether it is time for "line", "save" or "look"; counts from now if it is."""
        if self.since(what) <= self.every[what] and not (what != "line" and self.over):
            return False
        self.last[what] = self.seconds
        return True
