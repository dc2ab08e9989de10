"""Lane centres as the genuine CARLA client has them, without a server.

Standard input: JSON of `xodr`, a map's text, and `asks`, a list of [road, lane, s].
Standard output: for each, x, y and z in the map's frame (y to the north), or `none`.
"""

import json
import sys

import carla

given = json.load(sys.stdin)
town = carla.Map("town", given["xodr"])
for road, lane, s in given["asks"]:
    waypoint = town.get_waypoint_xodr(road, lane, s)
    if waypoint is None:
        print("none")
    else:
        place = waypoint.transform.location
        print(place.x, -place.y, place.z)
