#!/usr/bin/env python3
"""When analysis/recompute.py says that the target came to rest: trials made by hand, ticks as CARLA logs them."""

import math
import sys
import unittest
from pathlib import Path
from types import SimpleNamespace

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "analysis"))
sys.dont_write_bytecode = True
import recompute  # noqa: E402

STEP_NS = 40_000_000
# 10 m/s, taken away at 2 m/s2 from 1 s on: stands at 6 s, tick 150.
SETTINGS = {"target.speed_mps": "10", "target.decel_mps2": "2", "stop_line_m": "2.5"}


def trial(ticks, shown_n, control="velocity", settings=SETTINGS):
    """A target's ticks from tick 148 on as (speed, acceleration, policy), shown up to tick `shown_n`."""
    at = lambda n: round(n * STEP_NS)  # noqa: E731
    world = [
        {"trial_n": 1, "tick_n": 148 + i, "world_time_ns": at(148 + i), "vehicle_n": 1, "role": "target", "speed_mps": v,
         "accel_mps2": a, "to_pedestrian_line_m": 2.5, "to_zone_m": 0.5, "rear_to_zone_end_m": 9, "policy_state": policy}
        for i, (v, a, policy) in enumerate(ticks)
    ]
    frame = {"frame_n": 1, "display_time_ns": at(shown_n), "world_time_ns": at(shown_n), "world_tick_n": 148}
    onset = {"event": "braking_onset", "vehicle_n": 1, "frame_n": 1, "world_time_ns": 1_000_000_000}
    session = SimpleNamespace(
        in_carla=control is not None, on_pedals=control == "pedals", settings={1: settings}, levels={1: {}},
        frames={1: [frame]}, vehicles={1: []}, world={1: world}, events={1: [onset]}, kerbs=lambda site: (0, 7),
    )
    return recompute.Trial(session, {"trial_n": 1, "site_id": "a"})


def stood_n(*args, **named):
    """Number of the tick at which it stood."""
    found = trial(*args, **named).stood()
    return found and found["tick_n"]


class Rest(unittest.TestCase):
    BRAKES, STOPPED = (0.08, -2.0, "braking"), (0.0, -2.0, "stopped")

    def test_what_a_frame_has_shown(self):
        ticks = [(0.16, -2.0, "braking"), self.BRAKES, self.STOPPED, (0.0, 0.0, "stopped")]
        self.assertEqual(stood_n(ticks, 150), 150)
        self.assertIsNone(stood_n(ticks, 149.9), "it stands at the tick, which no frame has shown")
        self.assertEqual(stood_n(ticks, 150, control=None), 150, "the embedded world")
        self.assertIsNone(stood_n([self.BRAKES] * 3, 151), "it never stands")

    def test_small_speeds_and_accelerations_before_the_tick_put_nothing_off(self):
        # By them it would stand 100 s, 46 ms (of 40) and infinitely long after the tick before.
        for speed, accel in [(1e-7, -1e-9), (0.092, -2.0), (1e-7, -1e-300), (1e-7, 0.0), (-1e-7, -2.0)]:
            ticks = [(0.16, -2.0, "braking"), (speed, accel, "braking"), self.STOPPED]
            self.assertEqual(stood_n(ticks, 150), 150, (speed, accel))

    def test_pedals_stand_where_the_vehicle_does(self):
        rolls = [self.BRAKES, (0.05, -0.75, "stopped"), (0.02, -0.75, "stopped"), (0.0, -0.5, "stopped")]
        self.assertEqual(stood_n(rolls, 151, control="pedals"), 150)
        self.assertIsNone(stood_n(rolls, 149.9, control="pedals"), "rolls in all that was shown")
        self.assertIsNone(stood_n(rolls[:2], 151, control="pedals"), "rolls to the end")
        # Its speed over the tick before is what CARLA says of a vehicle without physics: its policy decides.
        self.assertEqual(stood_n(rolls, 151, control="transform"), 149)

    def test_when_the_commanded_motion_stands(self):
        ticks = [self.BRAKES, self.STOPPED]
        stop_s = lambda **more: trial(ticks, 150, settings=SETTINGS | more).commanded_stop_ns() / 1e9  # noqa: E731
        self.assertAlmostEqual(stop_s(), 6.0)
        # A ramp of 2/4 s takes 0.5 m/s away, 2 m/s2 the other 9.5: 1 + 0.5 + 4.75.
        self.assertAlmostEqual(stop_s(**{"target.jerk_mps3": "4"}), 6.25)
        # At 0.1 m/s3 the ramp would take 20 s; 0.1 t^2/2 is 10 m/s before.
        self.assertAlmostEqual(stop_s(**{"target.jerk_mps3": "0.1"}), 1 + math.sqrt(200))


if __name__ == "__main__":
    unittest.main()
