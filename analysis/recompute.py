#!/usr/bin/env python3
"""Recomputes measures from the record's CSV files and compares them with derived/measures.csv.

    python3 analysis/recompute.py DATA

DATA is a data folder as `kerbside demo` or `kerbside run` writes it. Python 3.11, standard library only. Written from
the definitions that `kerbside codebook` prints, not from Kerbside's source: where the two differ, one of them is wrong.

Exit: 0 when everything agrees, 1 when something differs, 2 when DATA cannot be read.

What is taken on trust: where the person's body entered the target's conflict zone (event zone_entered; the zone's
outline is in no CSV file), and hence nothing is said of pet_s, pet_overlap, safety_margin_s, max_drac_mps2 and
zone_turn_backs, which need its edges, nor of min_ttc_s. Attention is recomputed from the head; a trial measured by gaze
is skipped, and that is said. The target's height stands in study.toml. The kerb lines are taken to run along y;
where session.json's crosswalk does not begin at x = 0 and end at the far kerb within 1 mm, the measures that need
them are skipped, and that is said.
"""

import csv
import json
import math
import sys
import tomllib
from collections import defaultdict
from pathlib import Path

KERB_MARGIN_M = {"head": 0.30, "pelvis": 0.15}
BODY_RADIUS_M = 0.25
KERB_WITHIN_M = 1e-3
LEAST_TRIALS = 1

# Largest difference allowed, by the ending of the measure's name; a deceleration by its name.
DECEL_MPS2 = 0.01
TOLERANCES = [
    ("achieved_decel_mps2", DECEL_MPS2), ("_mps2", 1e-4), ("_ms", 0.1), ("_mps", 1e-3), ("_s", 1e-4), ("_m", 1e-3),
    ("_share", 1e-3), ("tau_dot", 1e-4),
]

# Of a target whose study gives none.
CAR_HEIGHT_M = 1.5
REACTION_S = 1.0
# Half the span of a walking speed, and the least of the span that must be tracked.
HALF_SPAN_NS, LEAST_SPAN_NS = 100_001_000, 150_000_000
HESITATING_MPS, HESITATION_NS = 0.2, 299_999_000
# docs/carla.md, "What is in the record": what counts as standing for a vehicle on pedals.
STANDING_MPS = 0.02
# Nine frames at 90 Hz are a nanosecond short of 0.1 s.
LOOK_NS = 99_999_000
WIDENED_SIN = math.sin(math.radians(2))


def number(text):
    """A field as a number: None for NA, inf for Inf, whole numbers kept whole (nanoseconds stay exact)."""
    if text == "NA":
        return None
    try:
        return int(text)
    except ValueError:
        return float(text)


def table(path, text=()):
    """A CSV file's rows as dictionaries; columns named in `text` stay text."""
    with open(path, newline="", encoding="utf-8") as file:
        reader = csv.reader(file)
        names = next(reader)
        as_text = [name in text for name in names]
        for row in reader:
            yield {n: (None if v == "NA" else v) if t else number(v) for n, v, t in zip(names, row, as_text, strict=True)}


def by_trial(rows):
    trials = defaultdict(list)
    for row in rows:
        trials[row["trial_n"]].append(row)
    return trials


def picked(path, wanted, text=()):
    """The same with a few columns only: these files are long."""
    with open(path, newline="", encoding="utf-8") as file:
        reader = csv.reader(file)
        names = next(reader)
        at = [(name, names.index(name), name in text) for name in wanted]
        for row in reader:
            yield {n: (None if row[i] == "NA" else row[i]) if t else number(row[i]) for n, i, t in at}


class Session:
    """One session's folder."""

    def __init__(self, folder):
        self.file = json.loads((folder / "session.json").read_text(encoding="utf-8"))
        self.trials = list(
            table(folder / "trials.csv", text=("participant", "redo_reason", "kind", "cell_id", "site_id", "cue", "outcome", "marks"))
        )
        study = tomllib.loads((folder / "study.toml").read_text(encoding="utf-8"))
        self.target_height_m = study["vehicles"]["target"].get("height_m", CAR_HEIGHT_M)
        self.in_carla = self.file["world"] == "carla"
        self.on_pedals = self.in_carla and study.get("carla", {}).get("control") == "pedals"
        self.settings = defaultdict(dict)
        self.levels = defaultdict(dict)
        for row in table(folder / "conditions.csv", text=("scope", "factor", "level")):
            into = self.settings if row["scope"] == "setting" else self.levels
            into[row["trial_n"]][row["factor"]] = row["level"]
        self.frames = by_trial(
            picked(
                folder / "frames.csv",
                ["trial_n", "frame_n", "display_time_ns", "world_time_ns", "world_tick_n", "ground_site_x_m", "ground_site_y_m", "ground_source",
                 "head_flags", "head_site_x_m", "head_site_y_m", "head_site_z_m", "head_site_yaw_rad",
                 "head_site_pitch_rad", "trigger_share"],
                text=("ground_source",),
            )
        )
        self.vehicles = by_trial(
            picked(
                folder / "vehicles.csv",
                ["trial_n", "frame_n", "vehicle_n", "role", "site_x_m", "site_y_m", "site_z_m", "site_yaw_rad", "speed_mps",
                 "accel_mps2", "to_pedestrian_line_m", "to_zone_m", "rear_to_zone_end_m"],
                text=("role",),
            )
        )
        self.world = by_trial(
            row
            for row in picked(
                folder / "world.csv",
                ["trial_n", "tick_n", "world_time_ns", "vehicle_n", "role", "speed_mps", "accel_mps2", "to_pedestrian_line_m",
                 "to_zone_m", "rear_to_zone_end_m", "policy_state"],
                text=("role", "policy_state"),
            )
            if row["role"] == "target"
        )
        self.events = by_trial(table(folder / "events.csv", text=("event", "source", "detail")))

    def kerbs(self, site_id):
        """x of the start kerb and of the far kerb; None for one that cannot be told."""
        site = next(site for site in self.file["sites"] if site["site_id"] == site_id)
        xs = sorted(corner[0] for corner in site["crosswalk_m"])
        far_m = site["carriageway_m"]
        start = 0.0 if all(abs(x) <= KERB_WITHIN_M for x in xs[:2]) else None
        far = far_m if all(abs(x - far_m) <= KERB_WITHIN_M for x in xs[-2:]) else None
        return start, far


class Trial:
    """One trial's rows, and what is recomputed from them."""

    def __init__(self, session, row):
        n = row["trial_n"]
        self.row, self.in_carla, self.on_pedals = row, session.in_carla, session.on_pedals
        self.settings, self.levels = session.settings[n], session.levels[n]
        self.all_frames = {frame["frame_n"]: frame for frame in session.frames[n]}
        self.frames = [frame for frame in session.frames[n] if frame["world_time_ns"] is not None]
        self.drawn = defaultdict(list)
        for vehicle in session.vehicles[n]:
            self.drawn[vehicle["frame_n"]].append(vehicle)
        self.ticks, self.events = session.world[n], session.events[n]
        contact = self.event("contact")
        if contact is not None:  # what is still seen of it belongs to no measure
            self.events = [event for event in self.events if event["frame_n"] <= contact["frame_n"]]
            self.frames = [frame for frame in self.frames if frame["frame_n"] <= contact["frame_n"]]
            self.ticks = [tick for tick in self.ticks if tick["tick_n"] <= self.frames[-1]["world_tick_n"]]
        self.kerb_x_m, self.far_x_m = session.kerbs(row["site_id"])
        self.target_n = self.ticks[0]["vehicle_n"] if self.ticks else None

    def spans(self):
        """Each frame with the time until the next; the last counts none."""
        following = self.frames[1:] + self.frames[-1:]
        return [(a, b["display_time_ns"] - a["display_time_ns"]) for a, b in zip(self.frames, following)]

    def target(self, frame):
        return next((car for car in self.drawn[frame["frame_n"]] if car["role"] == "target"), None)

    def event(self, name, vehicle_n=None):
        fits = (e for e in self.events if e["event"] == name and vehicle_n in (None, e["vehicle_n"]))
        return next(fits, None)

    def event_ns(self, name, vehicle_n=None):
        """Display time of an event: that of its frame less how long before the drawn world time it happened."""
        event = self.event(name, vehicle_n)
        if event is None:
            return None
        frame = self.all_frames[event["frame_n"]]
        if event["world_time_ns"] is None or frame["world_time_ns"] is None:
            return event["display_time_ns"]
        return frame["display_time_ns"] - (frame["world_time_ns"] - event["world_time_ns"])

    def setting(self, name):
        text = self.settings.get(name)
        return None if text is None else float(text)

    def step_off(self):
        """The frame of the step-off, and the number of step-backs."""
        entered = self.event("zone_entered")
        entered_frame = entered["frame_n"] if entered else math.inf
        off, backs, settled = None, 0, False
        for frame in self.frames:
            x = frame["ground_site_x_m"]
            if x is None:
                continue
            past_m = x - self.kerb_x_m
            if off is None and past_m >= KERB_MARGIN_M[frame["ground_source"]]:
                off = frame
            elif off is not None and not settled and past_m < 0:
                off, backs = None, backs + 1
            settled = settled or (off is not None and frame["frame_n"] >= entered_frame)
        return off, backs

    def speed_reached_ns(self, from_tick, speed_mps):
        """World time at which the target first was as slow as this, linear between ticks."""
        for a, b in zip(self.ticks[from_tick:], self.ticks[from_tick + 1 :]):
            if b["speed_mps"] <= speed_mps < a["speed_mps"]:
                share = (a["speed_mps"] - speed_mps) / (a["speed_mps"] - b["speed_mps"])
                return a["world_time_ns"] + share * (b["world_time_ns"] - a["world_time_ns"])
        return None

    def stood(self):
        """The tick that says that the target has come to rest, and when that was; none unless a frame has shown it."""
        stopped = [i for i, tick in enumerate(self.ticks) if tick["policy_state"] == "stopped"]
        if not stopped:
            return None
        standing = stopped
        if self.on_pedals:  # it may still roll when its policy has stopped it
            standing = [i for i in stopped if self.ticks[i]["speed_mps"] <= STANDING_MPS]
            if not standing:
                return None
        last, tick = self.ticks[standing[0] - 1], self.ticks[standing[0]]
        at_ns = tick["world_time_ns"]
        if standing[0] == stopped[0]:  # by what was commanded, never before the tick before nor after this one
            at_ns = min(max(self.commanded_stop_ns(), last["world_time_ns"]), at_ns)
        # A world may be some ticks ahead of the last frame: what no frame has shown is not the trial's any more.
        shown_ns = max((frame["world_time_ns"] for frame in self.frames), default=-1)
        return tick if at_ns <= shown_ns else None

    def commanded_stop_ns(self):
        """World time at which the commanded deceleration, ramped up at the commanded jerk, has taken all speed."""
        speed, decel, jerk = (self.setting(f"target.{name}") for name in ("speed_mps", "decel_mps2", "jerk_mps3"))
        takes_s = speed / decel
        if jerk is not None:
            ramp_s = decel / jerk
            whole = speed >= decel * ramp_s / 2  # else it stands before the ramp's end
            takes_s = takes_s + ramp_s / 2 if whole else math.sqrt(2 * speed / jerk)
        return self.event("braking_onset", self.target_n)["world_time_ns"] + takes_s * 1e9

    def braking(self):
        """Deceleration between 80 % and 10 % of the speed at onset; the median logged between; distance at onset."""
        onset = self.event("braking_onset", self.target_n)
        if onset is None:
            return None, None, None
        before = max(i for i, tick in enumerate(self.ticks) if tick["world_time_ns"] <= onset["world_time_ns"])
        tick = self.ticks[before]
        speed = tick["speed_mps"]
        waited_s = (onset["world_time_ns"] - tick["world_time_ns"]) / 1e9
        way_m = speed * waited_s
        if self.in_carla:  # CARLA's own motion within a tick is not known: as between two ticks of even speed
            after = self.ticks[before + 1]
            share = waited_s / ((after["world_time_ns"] - tick["world_time_ns"]) / 1e9)
            way_m = share * (tick["to_pedestrian_line_m"] - after["to_pedestrian_line_m"])
        onset_m = tick["to_pedestrian_line_m"] - way_m - self.setting("stop_line_m")
        fast, slow = self.speed_reached_ns(before, 0.8 * speed), self.speed_reached_ns(before, 0.1 * speed)
        if fast is None or slow is None:
            return None, None, onset_m
        logged = sorted(-t["accel_mps2"] for t in self.ticks[before:] if fast <= t["world_time_ns"] <= slow)
        return 0.7 * speed / ((slow - fast) / 1e9), logged[len(logged) // 2] if logged else None, onset_m

    def touched(self):
        """Whether the body's disc met the footprint of any vehicle as drawn."""
        for frame in self.frames:
            x, y = frame["ground_site_x_m"], frame["ground_site_y_m"]
            if x is None:
                continue
            for car in self.drawn[frame["frame_n"]]:
                dx, dy, yaw = x - car["site_x_m"], y - car["site_y_m"], car["site_yaw_rad"]
                ahead = abs(dx * math.cos(yaw) + dy * math.sin(yaw)) - self.setting(car["role"] + ".length_m") / 2
                beside = abs(dy * math.cos(yaw) - dx * math.sin(yaw)) - self.setting(car["role"] + ".width_m") / 2
                if math.hypot(max(ahead, 0), max(beside, 0)) <= BODY_RADIUS_M:
                    return True
        return False

    def outcome(self):
        if self.row["outcome"] in ("aborted", "interrupted"):
            return self.row["outcome"]
        if self.touched():
            return "contact"
        body, car = self.event("zone_entered"), self.event_ns("target_enters_zone", self.target_n)
        if body is None:
            return "never" if self.event("stepped_off") is None else "stepped_off"
        return "before" if car is None or body["display_time_ns"] < car else "after"

    def measures(self):
        """Every measure that can be told, by its column in measures.csv."""
        found = {"outcome": self.outcome()}
        braking_ns = self.event_ns("braking_onset", self.target_n)
        light_ns = self.event_ns("light_onset", self.target_n)
        if braking_ns is not None and light_ns is not None:
            found["light_lead_ms"] = (braking_ns - light_ns) / 1e6
        else:
            found["light_lead_ms"] = None
        achieved, self.logged_decel, onset_m = self.braking()
        found["achieved_decel_mps2"], found["onset_to_stop_line_m"] = achieved, onset_m
        stood = self.stood()
        found["rest_to_stop_line_m"] = stood["to_pedestrian_line_m"] - self.setting("stop_line_m") if stood else None
        found["commanded_decel_mps2"] = self.setting("target.decel_mps2")
        found["stopping_gap_m"] = None
        if stood and stood["rear_to_zone_end_m"] >= 0:
            found["stopping_gap_m"] = max(stood["to_zone_m"], 0)
        found["commanded_onset_to_stop_line_m"] = self.setting("target.onset_to_stop_line_m")
        found["commanded_rest_to_stop_line_m"] = self.setting("target.stop_to_stop_line_m")
        found["commanded_light_lead_ms"] = None
        if self.settings.get("target.ehmi", "none") != "none" and self.setting("target.brake_delay_s") is not None:
            lead_s = self.setting("target.brake_delay_s") - self.setting("target.light_delay_s")
            found["commanded_light_lead_ms"] = 1000 * lead_s
        cue_ns, arrival_ns = self.event_ns(self.row["cue"]), self.event_ns("target_enters_zone", self.target_n)
        found["censored_at_arrival_s"] = None
        if cue_ns is not None and arrival_ns is not None:
            found["censored_at_arrival_s"] = (arrival_ns - cue_ns) / 1e9
        found.update(self.report())
        found["frames_untracked"] = sum(frame["ground_site_x_m"] is None for frame in self.frames)
        shown = [frame["display_time_ns"] for frame in self.frames]
        found["largest_frame_gap_ms"] = max((b - a for a, b in zip(shown, shown[1:])), default=None)
        if found["largest_frame_gap_ms"] is not None:
            found["largest_frame_gap_ms"] /= 1e6
        found.update(self.pace(shown))
        if self.kerb_x_m is not None:
            found.update(self.at_step_off(braking_ns, light_ns))
        return found

    def at_step_off(self, braking_ns, light_ns):
        off, backs = self.step_off()
        cue_ns = self.event_ns(self.row["cue"])
        names = ["drac_mps2", "required_decel_1s_mps2", "tau_s", "tau_dot", "max_walking_speed_mps", "hesitations",
                 "hesitation_s", "step_off_s", "cit_s", "step_off_after_braking_s", "step_off_after_light_s", "distance_to_zone_m",
                 "distance_to_pedestrian_line_m", "target_speed_mps", "tta_s", "tta_accel_s", "crossing_s",
                 "walking_speed_mps", "cit_censored_at_s"]
        found = dict.fromkeys(names) | {"censored": int(off is None), "step_backs": backs}
        found["waiting_s"] = self.waiting_s(off)
        if off is None:
            if cue_ns is not None and self.frames:
                found["cit_censored_at_s"] = (self.frames[-1]["display_time_ns"] - cue_ns) / 1e9
            return found
        now_ns = off["display_time_ns"]
        since = lambda ns: None if ns is None else (now_ns - ns) / 1e9  # noqa: E731
        found["step_off_s"] = since(self.row["start_display_time_ns"])
        found["cit_s"], found["step_off_after_braking_s"] = since(cue_ns), since(braking_ns)
        found["step_off_after_light_s"] = since(light_ns)
        car = self.target(off)
        if car:
            found.update(closing(car["to_zone_m"], car["speed_mps"], car["accel_mps2"]))
            speed = found["target_speed_mps"] = car["speed_mps"]
            found["distance_to_pedestrian_line_m"] = car["to_pedestrian_line_m"]
            if car["rear_to_zone_end_m"] >= 0:
                to_zone_m = found["distance_to_zone_m"] = max(car["to_zone_m"], 0)
                found["tta_s"] = 0 if to_zone_m == 0 else to_zone_m / speed if speed > 0 else math.inf
                found["tta_accel_s"] = arrival_s(to_zone_m, speed, car["accel_mps2"])
        if self.far_x_m is None:
            for name in ("crossing_s", "walking_speed_mps", "max_walking_speed_mps", "hesitations", "hesitation_s"):
                del found[name]
            return found
        for frame in self.frames:
            x, y = frame["ground_site_x_m"], frame["ground_site_y_m"]
            if x is not None and frame["display_time_ns"] > now_ns and x >= self.far_x_m:
                found["crossing_s"] = took_s = (frame["display_time_ns"] - now_ns) / 1e9
                way_m = math.hypot(x - off["ground_site_x_m"], y - off["ground_site_y_m"])
                found["walking_speed_mps"] = way_m / took_s
                found.update(self.across(off, frame))
                break
        return found

    def waiting_s(self, off):
        if all(frame["ground_site_x_m"] is None for frame in self.frames):
            return None
        waited_ns = 0
        for frame, lasts_ns in self.spans():
            if frame is off:
                break
            if frame["ground_site_x_m"] is not None and not self.in_road(frame):
                waited_ns += lasts_ns
        return waited_ns / 1e9

    def in_road(self, frame):
        """Past the kerb line by the margin."""
        return frame["ground_site_x_m"] - self.kerb_x_m >= KERB_MARGIN_M[frame["ground_source"]]

    def speed_at(self, i):
        """Speed over the frames within 0.1 s before and after, as far as tracked without a break."""
        now_ns, ends = self.frames[i]["display_time_ns"], []
        for step in (-1, 1):
            k = i
            while 0 <= k + step < len(self.frames):
                other = self.frames[k + step]
                if other["ground_site_x_m"] is None or abs(other["display_time_ns"] - now_ns) > HALF_SPAN_NS:
                    break
                k += step
            ends.append(self.frames[k])
        a, b = ends
        span_ns = b["display_time_ns"] - a["display_time_ns"]
        if self.frames[i]["ground_site_x_m"] is None or span_ns < LEAST_SPAN_NS:
            return None
        way_m = math.hypot(b["ground_site_x_m"] - a["ground_site_x_m"], b["ground_site_y_m"] - a["ground_site_y_m"])
        return way_m / (span_ns / 1e9)

    def across(self, off, far):
        """Greatest speed and hesitations between two frames."""
        within = [i for i, f in enumerate(self.frames) if off["frame_n"] <= f["frame_n"] <= far["frame_n"]]
        speeds = [self.speed_at(i) for i in within]
        known = [speed for speed in speeds if speed is not None]
        count, total_ns, since = 0, 0, None
        for i, speed in zip(within + [None], speeds + [None]):
            if speed is not None and speed < HESITATING_MPS and self.in_road(self.frames[i]):
                since = i if since is None else since
            elif since is not None:
                last = within[-1] if i is None else i - 1
                lasted_ns = self.frames[last]["display_time_ns"] - self.frames[since]["display_time_ns"]
                if lasted_ns >= HESITATION_NS:
                    count, total_ns = count + 1, total_ns + lasted_ns
                since = None
        return {
            "max_walking_speed_mps": max(known, default=None), "hesitations": count, "hesitation_s": total_ns / 1e9,
        }

    def pace(self, shown):
        """Late frames, and percentiles of the intervals by nearest rank."""
        frames = {frame["frame_n"] for frame in self.frames}
        late = [event for event in self.events if event["event"] == "late_frame" and event["frame_n"] in frames]
        gaps = sorted(b - a for a, b in zip(shown, shown[1:]))
        # In whole numbers: a share of 0.99 is no binary fraction.
        rank = lambda percent: gaps[-(-percent * len(gaps) // 100) - 1] / 1e6 if gaps else None  # noqa: E731
        return {"late_frames": len(late) if frames else None, "frame_interval_p50_ms": rank(50), "frame_interval_p99_ms": rank(99)}

    def report(self):
        """The continuous report of the trigger."""
        held = [(f["trigger_share"], ns, f["display_time_ns"]) for f, ns in self.spans() if f["trigger_share"] is not None]
        time_ns = sum(ns for _, ns, _ in held)
        share = lambda weighted: weighted / time_ns if time_ns else None  # noqa: E731
        press_ns = next((at for value, _, at in held if value >= 0.1), None)
        return {
            "trigger_mean_share": share(sum(value * ns for value, ns, _ in held)),
            "trigger_max_share": max((value for value, _, _ in held), default=None),
            "trigger_above_half_share": share(sum(ns for value, ns, _ in held if value > 0.5)),
            "trigger_first_press_s": None if press_ns is None else (press_ns - self.frames[0]["display_time_ns"]) / 1e9,
        }

    def attention(self, height_m):
        """Looks of the head at the target's box, widened by 2 degrees."""
        size = (self.setting("target.length_m"), self.setting("target.width_m"), height_m)
        all_ns = valid_ns = on_ns = 0
        looks, any_valid = [], False
        for frame, ns in self.spans():
            car = self.target(frame)
            if car is None:
                continue
            all_ns += ns
            if frame["head_flags"] & 3 != 3:
                continue
            any_valid, valid_ns = True, valid_ns + ns
            if not looks_at(frame, car, size):
                continue
            on_ns += ns
            at_ns = frame["display_time_ns"]
            if looks and at_ns - looks[-1][1] < LOOK_NS:
                looks[-1][1] = at_ns + ns
            else:
                looks.append([at_ns, at_ns + ns])
        looks = [look for look in looks if look[1] - look[0] >= LOOK_NS]
        first_s = (looks[0][0] - self.frames[0]["display_time_ns"]) / 1e9 if looks else None
        return {
            "attention_source": "head" if any_valid else None,
            "attention_valid_share": valid_ns / all_ns if all_ns else None,
            "attention_share": on_ns / valid_ns if valid_ns else None,
            "looks": len(looks) if any_valid else None,
            "first_look_s": first_s,
            "look_time_s": sum(b - a for a, b in looks) / 1e9 if any_valid else None,
        }


def closing(to_zone_m, speed_mps, accel_mps2):
    """DRAC, required deceleration, tau and its rate before the zone."""
    names = ["drac_mps2", "required_decel_1s_mps2", "tau_s", "tau_dot"]
    if to_zone_m <= 0:
        return dict.fromkeys(names)
    if speed_mps <= 0:
        return dict(zip(names, [0, 0, math.inf, None]))
    room_m = to_zone_m - REACTION_S * speed_mps
    required = speed_mps**2 / (2 * room_m) if room_m > 0 else math.inf
    tau_dot = -1 - to_zone_m * accel_mps2 / speed_mps**2
    return dict(zip(names, [speed_mps**2 / (2 * to_zone_m), required, to_zone_m / speed_mps, tau_dot]))


def looks_at(frame, car, size):
    """Whether the head's ray passes the car's upright box by at most 2 degrees.

    A cone of half angle w about a ray meets a convex body just when, somewhere along the ray, the body is nearer than
    sin(w) times the way there. That distance less that way is convex along the ray: the least is found by thirds.
    """
    yaw, pitch = frame["head_site_yaw_rad"], frame["head_site_pitch_rad"]
    cos, sin = math.cos(car["site_yaw_rad"]), math.sin(car["site_yaw_rad"])
    turn = lambda x, y: (cos * x + sin * y, cos * y - sin * x)  # noqa: E731
    half = [length / 2 for length in size]
    eye = [*turn(frame["head_site_x_m"] - car["site_x_m"], frame["head_site_y_m"] - car["site_y_m"]),
           frame["head_site_z_m"] - car["site_z_m"] - half[2]]
    ray = [*turn(math.cos(pitch) * math.cos(yaw), math.cos(pitch) * math.sin(yaw)), math.sin(pitch)]
    apart = lambda t: math.hypot(*(max(abs(e + t * r) - h, 0) for e, r, h in zip(eye, ray, half)))  # noqa: E731
    short = lambda t: apart(t) - t * WIDENED_SIN  # noqa: E731
    if short(0) <= 0:
        return True
    low, high = 0.0, math.hypot(*eye) + 2 * math.hypot(*half)  # beyond the body's far end it only grows
    for _ in range(60):
        a, b = low + (high - low) / 3, high - (high - low) / 3
        low, high = (low, b) if short(a) <= short(b) else (a, high)
        if min(short(a), short(b)) <= 0:
            return True
    return short((low + high) / 2) <= 0


def arrival_s(distance_m, speed_mps, accel_mps2):
    """Smallest positive root of distance = speed t + accel t^2 / 2; inf when it stops short."""
    if distance_m <= 0:
        return 0
    if accel_mps2 == 0:
        return distance_m / speed_mps if speed_mps > 0 else math.inf
    square = speed_mps**2 + 2 * accel_mps2 * distance_m
    if square < 0 or (accel_mps2 < 0 and square < 1e-6):
        return math.inf
    roots = [(-speed_mps + sign * math.sqrt(square)) / accel_mps2 for sign in (1, -1)]
    return min((root for root in roots if root > 0), default=math.inf)


def tolerance(name):
    return next((most for end, most in TOLERANCES if name.endswith(end)), 0)


def difference(ours, theirs):
    """Absolute difference; inf where one is known and the other is not."""
    if ours is None or theirs is None or isinstance(ours, str):
        return 0.0 if ours == theirs else math.inf
    if math.isinf(ours) or math.isinf(theirs):
        return 0.0 if ours == theirs else math.inf
    return abs(ours - theirs)


def sessions(data):
    found = sorted(path for path in (data / "sessions").iterdir() if (path / "trials.csv").is_file())
    if not found:
        raise ValueError(f"{data / 'sessions'} holds no session")
    return found


def manipulation(decelerations):
    """Whether each policy decelerated as commanded, and policies differ as commanded; complaints."""
    wrong = []
    print("\ndeceleration by policy, m/s^2 (achieved: 80 % to 10 % of the speed at onset, from world.csv)")
    print(f"  {'policy':<14}{'trials':>7}{'commanded':>11}{'mean':>9}{'least':>9}{'most':>9}{'logged':>9}")
    means = {}
    for policy, rows in sorted(decelerations.items()):
        commanded = [c for c, _, _ in rows]
        achieved = [a for _, a, _ in rows]
        logged = [g for _, _, g in rows if g is not None]
        mean = sum(achieved) / len(achieved)
        means[policy] = (sum(commanded) / len(commanded), mean)
        mean_logged = sum(logged) / len(logged) if logged else math.nan
        print(
            f"  {policy:<14}{len(rows):>7}{means[policy][0]:>11.4f}{mean:>9.4f}{min(achieved):>9.4f}"
            f"{max(achieved):>9.4f}{mean_logged:>9.4f}"
        )
        worst = max(abs(a - c) for c, a, _ in rows)
        if worst > DECEL_MPS2:
            wrong.append(f"{policy}: achieved and commanded deceleration differ by up to {worst:.4f} m/s^2")
        worst = max((abs(a - g) for _, a, g in rows if g is not None), default=0)
        if worst > DECEL_MPS2:
            wrong.append(f"{policy}: achieved and logged deceleration differ by up to {worst:.4f} m/s^2")
    for one, (commanded_one, mean_one) in means.items():
        for other, (commanded_other, mean_other) in means.items():
            if one < other and abs((mean_one - mean_other) - (commanded_one - commanded_other)) > DECEL_MPS2:
                wrong.append(f"{one} and {other} do not differ as commanded")
    return wrong


def main():
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        print(__doc__.strip())
        return 2
    data = Path(sys.argv[1])
    try:
        measured = {
            (row["participant"], row["session_n"], row["trial_n"]): row
            for row in table(data / "derived" / "measures.csv", text=("participant", "kind", "cell_id", "marks", "outcome", "contact_role", "attention_source"))
        }
        return compare(data, measured)
    except (OSError, ValueError, KeyError) as error:
        print(f"cannot read {data}: {error!r}", file=sys.stderr)
        return 2


def compare(data, measured):
    compared, worst = defaultdict(int), {}
    known, skipped, decelerations, wrong = defaultdict(int), set(), defaultdict(list), []
    for folder in sessions(data):
        session = Session(folder)
        for row in session.trials:
            key = (row["participant"], row["session_n"], row["trial_n"])
            theirs = measured.pop(key, None)
            where = f"{folder.name} trial {row['trial_n']}"
            if theirs is None:
                wrong.append(f"{where} is not in measures.csv")
                continue
            trial = Trial(session, row)
            if trial.kerb_x_m is None or trial.far_x_m is None:
                skipped.add(f"{folder.name}: a kerb line is not at x = 0 or not along y; what needs it is skipped")
            ours = trial.measures()
            if theirs["attention_source"] == "gaze":
                skipped.add(f"{folder.name}: attention of gaze is skipped")
            else:
                ours.update(trial.attention(session.target_height_m))
            for name, value in ours.items():
                compared[name] += 1
                known[name] += value is not None
                apart = difference(value, theirs[name])
                if name not in worst or apart > worst[name][0]:
                    worst[name] = (apart, where, value, theirs[name])
            if ours["achieved_decel_mps2"] is not None and "target.jerk_mps3" not in trial.settings:
                policy = trial.settings.get("target.braking", "?")
                numbers = (ours["commanded_decel_mps2"], ours["achieved_decel_mps2"], trial.logged_decel)
                decelerations[policy].append(numbers)
    wrong.extend(f"{who[0]} session {who[1]} trial {who[2]} is in measures.csv but not in the record" for who in measured)
    for name in sorted(skipped):
        print(name)
    print(f"  {'measure':<32}{'compared':>9}{'known':>8}{'largest difference':>20}{'allowed':>10}   where")
    for name, (apart, where, value, theirs) in worst.items():
        bad = apart > tolerance(name)
        print(
            f"  {name:<32}{compared[name]:>9}{known[name]:>8}{apart:>20.3g}{tolerance(name):>10.3g}   "
            + (f"{where}: {value} here, {theirs} there" if bad else where if apart > 0 else "")
        )
        if bad:
            wrong.append(f"{name} differs in {where}: {value} recomputed, {theirs} in measures.csv")
    wrong.extend(manipulation(decelerations))
    print()
    for line in wrong:
        print(f"WRONG: {line}")
    trials = compared.get("outcome", 0)
    if trials < LEAST_TRIALS:
        wrong.append("nothing was compared")
        print("WRONG: nothing was compared")
    print(f"{trials} trials, {len(worst)} measures: " + ("all agree" if not wrong else f"{len(wrong)} complaints"))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
