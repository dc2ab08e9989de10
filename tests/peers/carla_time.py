"""Times the genuine CARLA client's map, without a server, for benches/map.rs.

Argument: the map's file. Standard input: one lane position per line, `road lane s`, then an empty line, then any number of
the commands below; each is answered by one line, the seconds it took.

    load       the map from its text
    positions  get_waypoint_xodr for every lane position, which computes place and heading
    calls      as many calls of a property that computes nothing: what the calls themselves cost
"""
import sys
import time

import carla

with open(sys.argv[1], encoding="utf-8") as file:
    text = file.read()
positions = []
for line in sys.stdin:
    if not line.strip():
        break
    road, lane, s = line.split()
    positions.append((int(road), int(lane), float(s)))

map_ = carla.Map("timed", text)
some = next(w for w in (map_.get_waypoint_xodr(*p) for p in positions) if w is not None)
missing = sum(map_.get_waypoint_xodr(*p) is None for p in positions)
print(missing, flush=True)

for line in sys.stdin:
    command = line.strip()
    ask = map_.get_waypoint_xodr
    began = time.perf_counter()
    if command == "load":
        carla.Map("timed", text)
    elif command == "positions":
        for road, lane, s in positions:
            ask(road, lane, s)
    elif command == "calls":
        for road, lane, s in positions:
            some.s
    else:
        sys.exit(f"{command}: not known")
    print(repr(time.perf_counter() - began), flush=True)
