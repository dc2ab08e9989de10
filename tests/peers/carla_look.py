"""What the genuine CARLA client makes of a map (standard input), without a server.

Arguments: any number of road,lane,s. Prints one line `crosswalk x y z` per corner and one line
`waypoint road lane s x y z yaw_deg type` per argument (`none` where it has none); CARLA's own frame, metres.
"""
import sys

import carla

map_ = carla.Map("asked", sys.stdin.read())
for corner in map_.get_crosswalks():
    print("crosswalk", repr(corner.x), repr(corner.y), repr(corner.z))
for argument in sys.argv[1:]:
    road, lane, s = argument.split(",")
    waypoint = map_.get_waypoint_xodr(int(road), int(lane), float(s))
    if waypoint is None:
        print("none")
        continue
    at, turn = waypoint.transform.location, waypoint.transform.rotation
    print("waypoint", waypoint.road_id, waypoint.lane_id, waypoint.s, at.x, at.y, at.z, turn.yaw, waypoint.lane_type)
