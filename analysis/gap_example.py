#!/usr/bin/env python3
"""Makes the tables of analysis/plans/gap_example.toml: twelve invented people, six crossings each at a crosswalk and at its
twin, of random numbers with a known gap. Nobody took part, nothing was measured.

    python3 analysis/gap_example.py
"""
import csv
import random
from pathlib import Path

FOLDER = Path(__file__).parent / "plans" / "gap_example"
WATCHED_S = 12.0
# Of each measure: mean at the crosswalk, virtual less real, and how much people, their gaps and crossings differ.
SPEED_MPS = (1.38, -0.05, 0.12, 0.06, 0.08)
DISTANCE_M = (21.0, 2.5, 4.0, 2.0, 3.0)
WAIT_S = (2.6, 0.7, 0.8, 0.4, 0.9)


def main():
    draw = random.Random(2026)
    people = [
        (f"S{n + 1:02}", [(draw.gauss(m, s), draw.gauss(gap, own)) for m, gap, s, own, _ in (SPEED_MPS, DISTANCE_M, WAIT_S)])
        for n in range(12)
    ]
    FOLDER.mkdir(exist_ok=True)
    for name, virtual in (("real", 0), ("virtual", 1)):
        with open(FOLDER / f"{name}.csv", "w", newline="", encoding="utf-8") as file:
            table = csv.writer(file, lineterminator="\n")
            table.writerow(
                ["participant", "trial", "walking_speed_mps", "distance_to_zone_m", "cit_s", "cit_censored_at_s", "simulated"]
            )
            for code, own in people:
                for trial in range(1, 7):
                    noise = (SPEED_MPS[4], DISTANCE_M[4], WAIT_S[4])
                    speed, distance, wait = (
                        draw.gauss(level + virtual * gap, sd) for (level, gap), sd in zip(own, noise)
                    )
                    # One in twelve waits until watching ends.
                    crossed = draw.random() >= 1 / 12
                    waited = [f"{max(wait, 0.2):.2f}", "NA"] if crossed else ["NA", WATCHED_S]
                    table.writerow([code, trial, f"{speed:.3f}", f"{max(distance, 1.0):.2f}", *waited, 1])


if __name__ == "__main__":
    main()
