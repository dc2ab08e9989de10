"""Asks the genuine CARLA client what it makes of an OpenDRIVE map, without a server.

stdin: {"opendrive": text, "waypoints": [[road, lane, s], ..], "places": [[x, y, z], ..]}
stdout: {"carla": version, "crosswalks": [[x, y, z], ..], "waypoints": [[x, y, z] or null, ..],
         "geolocations": [[lat, lon, alt] or null, ..]}, or {"error": kind, "detail": text}
All coordinates are CARLA's own: x east, y south of the file's origin, z up, metres.
"""
import json
import math
import os
import sys

# The client prints as it pleases; only the answer goes where the answer is looked for.
answer_to = os.dup(1)
os.dup2(2, 1)


def answer(value):
    rest = json.dumps(value, allow_nan=False).encode("ascii")
    while rest:
        rest = rest[os.write(answer_to, rest):]
    # Without the client's own tidying up, which may crash.
    os._exit(0)


def fail(kind, detail):
    answer({"error": kind, "detail": str(detail)})


def finite(*values):
    return list(values) if all(math.isfinite(v) for v in values) else None


def main():
    question = json.loads(sys.stdin.buffer.read().decode("utf-8"))
    try:
        import carla
    except BaseException as error:
        fail("no_carla", error)
    if not hasattr(carla, "Map") or not hasattr(carla, "Location"):
        fail("no_carla", "the module named carla has no Map: " + str(getattr(carla, "__file__", None)))
    try:
        import importlib.metadata

        version = importlib.metadata.version("carla")
    except BaseException:
        version = "unknown"
    if version != "0.9.16":
        fail("version", version)
    try:
        carla_map = carla.Map("kerbside", question["opendrive"])
    except BaseException as error:
        fail("map", error)

    def waypoint(road, lane, s):
        try:
            at = carla_map.get_waypoint_xodr(road, lane, s)
        except BaseException:
            return None
        return at and finite(at.transform.location.x, at.transform.location.y, at.transform.location.z)

    def geolocation(x, y, z):
        at = carla_map.transform_to_geolocation(carla.Location(x=x, y=y, z=z))
        return finite(at.latitude, at.longitude, at.altitude)

    answer({
        "carla": version,
        "crosswalks": [finite(at.x, at.y, at.z) for at in carla_map.get_crosswalks()],
        "waypoints": [waypoint(*w) for w in question["waypoints"]],
        "geolocations": [geolocation(*p) for p in question["places"]],
    })


try:
    main()
except BaseException as error:
    fail("script", "%s: %s" % (type(error).__name__, error))
