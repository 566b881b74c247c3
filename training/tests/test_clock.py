"""What is due when in a training, over restarts."""
import argparse
import unittest
import unittest.mock

from training.models.clock import Clock


class ClockTest(unittest.TestCase):
    def setUp(self):
        self.now = 1000.0
        patched = unittest.mock.patch("training.models.clock.time.time", lambda: self.now)
        patched.start()
        self.addCleanup(patched.stop)

    def clock(self, minutes=10, stop_after=None):
        return Clock(argparse.Namespace(minutes=minutes, stop_after=stop_after), save_every=100, look_every=250)

    def steps(self, clock, each=10, looking=0):
        """Runs to the end -> seconds of training at which something was due."""
        found = {"save": [], "look": []}
        while clock.runs():
            self.now += each
            clock.pause()
            for what, times in found.items():
                if clock.due(what):
                    times.append(round(clock.seconds))
                    self.now += looking
        return found

    def test_looks_do_not_count_and_both_are_due_at_the_end(self):
        clock = self.clock()
        found = self.steps(clock, looking=500)
        self.assertEqual(found, {"save": [110, 220, 330, 440, 550, 600], "look": [260, 520, 600]})
        self.assertTrue(clock.complete)
        self.assertEqual(clock.left, 0)

    def test_a_call_ends_early_saves_and_the_next_goes_on(self):
        first = self.clock(stop_after=2)
        self.assertEqual(self.steps(first), {"save": [110, 120], "look": [120]})
        self.assertFalse(first.complete)
        second = self.clock()
        second.resume(first.seconds)
        self.assertEqual(self.steps(second)["save"][0], 230)
        third = self.clock()
        third.resume(second.seconds)
        self.assertEqual(self.steps(third), {"save": [], "look": []})

    def test_a_call_that_has_no_time_makes_one_step_and_saves_it(self):
        clock = self.clock(stop_after=0)
        self.assertEqual(self.steps(clock), {"save": [10], "look": [10]})

    def test_a_process_that_was_stopped_for_a_while_is_not_charged_for_it(self):
        clock = self.clock()
        clock.runs()
        self.now += 3600
        clock.pause()
        self.assertEqual(clock.seconds, 60)

    def test_rates_follow_the_budget(self):
        clock, optimiser = self.clock(), argparse.Namespace(param_groups=[{"base_lr": 2.0, "lr": 2.0}])
        clock.resume(120)
        clock.set_rates([optimiser], hold=0.3)
        self.assertEqual(optimiser.param_groups[0]["lr"], 2.0)
        clock.resume(600)
        clock.set_rates([optimiser], hold=0.3)
        self.assertAlmostEqual(optimiser.param_groups[0]["lr"], 0.04)


if __name__ == "__main__":
    unittest.main()
