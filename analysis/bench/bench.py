"""How fast and how large, beside R and Python, on the same data in one run.

    python3 analysis/bench/bench.py PYTHON [--people N] [--keep DIR] [--programs DIR]

Builds the release programs (or takes `kerbside` and `analysis` from --programs); R as tests/r.sh installs it, data.table
where there is one; PYTHON has scipy and pandas (tests/peers.sh), polars where there is one. 60 people with 150 trials
make some 4 GB in a temporary folder; --people takes fewer. Prints one table: seconds and peak memory of either side, and
their ratios. Peers take turns with Kerbside, three times each where a turn is short.
"""

import argparse
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent.parent
TRIALS = 150


def study():
    """The shipped 2 x 2 with 5 blocks of 28 trials and 2 catch trials: 150, and 2 of practice."""
    text = (ROOT / "experiments/ehmi_braking_2x2.toml").read_text()
    text = text.replace("number = 3\nrepetitions_per_block = 1", "number = 5\nrepetitions_per_block = 7")
    return text.replace("trials_per_block = 1", "trials_per_block = 2")


def measured(command, **more):
    """Runs a command: what it printed, seconds, peak KiB of the largest process in it."""
    began = time.perf_counter()
    with tempfile.TemporaryFile("w+") as out:
        child = subprocess.Popen([str(part) for part in command], stdout=out, stderr=subprocess.PIPE, text=True, **more)
        error = child.stderr.read()
        _, status, usage = os.wait4(child.pid, 0)
        out.seek(0)
        if status != 0:
            sys.exit(f"{command} failed: {error[-2000:]}")
        return out.read(), time.perf_counter() - began, usage.ru_maxrss


def fields(text):
    """`name=value name=value` as a table."""
    return {key: value for key, value in re.findall(r"(\w+)=(\S+)", text)}


def made_data(folder, people):
    """Ratings, speeds and pairs of people in a 2 x 2, as the cross-check's files have them."""
    draw = random.Random(20261123)
    ratings, slopes, pairs = ["id,light,yield,rating"], ["id,speed,light,y"], ["id,a,b"]
    for person in range(people):
        own, slope = draw.gauss(0, 0.8), draw.gauss(0.9, 0.3)
        for trial in range(TRIALS):
            light, gives = trial % 2, trial // 2 % 2
            latent = own + slope * light - 0.2 * gives + draw.gauss(0, 1)
            ratings.append(f"{person},{light},{gives},{sum(latent > limit for limit in (-2, -1.2, -0.4, 0.4, 1.2, 2))}")
            speed = trial % 6
            slopes.append(f"{person},{speed},{light},{2 + own + 0.25 * speed + slope * light + draw.gauss(0, 0.4):.4f}")
        pairs.append(f"{person},{draw.gauss(0.3, 1):.4f},0")
    for name, rows in [("ratings", ratings), ("slopes", slopes), ("pairs", pairs)]:
        (folder / f"{name}.csv").write_text("\n".join(rows) + "\n")


def ours(part, data):
    environment = {**os.environ, "KERBSIDE_BENCH_PART": part, "KERBSIDE_BENCH_DATA": str(data)}
    text, _, _ = measured([PROGRAMS["analysis"], "--bench"], cwd=ROOT, env=environment)
    return fields(text)


PROGRAMS = {}


def built(folder):
    """The programs that are timed."""
    if folder:
        PROGRAMS.update({name: folder / name for name in ["kerbside", "analysis"]})
        return
    subprocess.run(["cargo", "build", "--release", "--quiet"], cwd=ROOT, check=True)
    command = ["cargo", "bench", "--no-run", "--bench", "analysis", "--message-format=json"]
    lines = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    artefacts = [json.loads(line) for line in lines if '"compiler-artifact"' in line]
    PROGRAMS["analysis"] = next(one["executable"] for one in artefacts if one["target"]["name"] == "analysis" and one["executable"])
    PROGRAMS["kerbside"] = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release/kerbside"


ROWS = []


def row(what, own, peer_name, peer):
    """Seconds and KiB of either side."""
    times, memory = peer[0] / own[0], peer[1] / own[1]
    ROWS.append((what, own, peer_name, peer, times, memory))
    print(f"{what:<44} {own[0]:>9.3f} s {own[1] / 1024:>8.0f} MiB   {peer_name:<12} {peer[0]:>9.3f} s "
          f"{peer[1] / 1024:>8.0f} MiB   {times:>7.1f} x time {memory:>6.1f} x memory", flush=True)


def short(python, data):
    """Fits, resampling, reading: in turns."""
    fits = [("linear mixed model, slopes", "lmm", "lme4"), ("cumulative link mixed model, slopes", "clmm", "ordinal")]
    for what, part, name in fits:
        against(f"{what}, 9000 rows", part, data, name, ["Rscript", HERE / "fits.R", part, data], 1e-3)
    draws = [("sign permutation, 60 pairs, 9999 draws", "permutation"), ("bootstrap (BCa) of a mean, 9999 draws", "bootstrap")]
    for what, part in draws:
        against(what, part, data, "scipy", [python, HERE / "peer.py", part, data], 0.05)


def against(what, part, data, name, command, within):
    own, peer = [], []
    began = time.perf_counter()
    # What takes minutes is not repeated.
    while len(own) < 3 and time.perf_counter() - began < 60:
        own.append(ours(part, data))
        peer.append(fields(measured(command)[0]))
    answers = [float(one["answer"]) for one in (own[0], peer[0])]
    if abs(answers[0] - answers[1]) > within * max(1, abs(answers[1])):
        sys.exit(f"{what}: {answers[0]} here, {answers[1]} there: not the same question")
    middle = lambda all: tuple(sorted(float(one[what]) for one in all)[len(all) // 2] for what in ("seconds", "peak_kib"))
    row(what, middle(own), name, middle(peer))


def reading(python, frames):
    size = frames.stat().st_size / 1e6
    for name in ["pandas", "polars"]:
        found = subprocess.run([python, "-c", f"import {name}"], capture_output=True)
        if found.returncode != 0:
            print(f"{name} is not installed and was not compared")
            continue
        what = f"frames.csv to rows, {size:.0f} MB"
        against(what, "reading", frames, name, [python, HERE / "peer.py", name, frames], 1e-6)


def whole(work, people):
    kerbside = PROGRAMS["kerbside"]
    (work / "study.toml").write_text(study())
    data, results = work / "data", work / "results"
    if not data.exists():
        made = [kerbside, "demo", "--participants", people, "--study", work / "study.toml", "--out", data]
        _, took_s, peak = measured(made)
        print(f"made {people} people x {TRIALS} trials, measured and reported: {took_s:.0f} s, {peak / 1024:.0f} MiB", flush=True)
    plan = ROOT / "analysis/plans/ehmi_braking_2x2.toml"
    _, own_s, own_kib = measured([kerbside, "analyze", plan, data, "--keep", "simulated", "--out", results])
    text, r_s, r_kib = measured(["Rscript", HERE / "whole.R", data, results])
    found = fields(text)
    print(f"R: logs {found['logs_s']} s with {found['reader']}, tests {found['tests_s']} s, {found['trials']} trials, "
          f"largest difference of a measure {found['worst']}, all numbers agree: {found['agrees'] == '1'}", flush=True)
    row(f"whole analysis, {people} x {TRIALS} trials with logs", (own_s, own_kib), "R", (r_s, r_kib))
    return data


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("python")
    parser.add_argument("--people", type=int, default=60)
    parser.add_argument("--keep", type=pathlib.Path)
    parser.add_argument("--programs", type=pathlib.Path)
    asked = parser.parse_args()
    built(asked.programs)
    work = asked.keep or pathlib.Path(tempfile.mkdtemp(prefix="kerbside-bench-"))
    work.mkdir(parents=True, exist_ok=True)
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors", flush=True)
    try:
        numbers = work / "numbers"
        numbers.mkdir(exist_ok=True)
        made_data(numbers, 60)
        short(asked.python, numbers)
        data = whole(work, asked.people)
        reading(asked.python, sorted(data.glob("sessions/*/frames.csv"))[0])
    finally:
        if not asked.keep:
            shutil.rmtree(work)


main()
