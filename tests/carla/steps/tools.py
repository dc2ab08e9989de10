"""What the steps share: the client and the world they look at, and the words in which they say what should be."""

import math

import carla

# Seconds of simulated time in a tick.
DT = 0.05
STEPS = []


def step(function):
    """The next step of the script."""
    STEPS.append(function)
    return function


def near(found, expected, tolerance=1e-4):
    assert abs(found - expected) <= tolerance, f"{found} instead of {expected}"


def at(found, x, y, z, tolerance=1e-3):
    assert math.dist((found.x, found.y, found.z), (x, y, z)) <= tolerance, f"{found} instead of {x}, {y}, {z}"


class State:
    """What later steps use of earlier ones."""


S = State()


def tick(count=1):
    for _ in range(count):
        frame = S.world.tick()
    snapshot = S.world.get_snapshot()
    assert snapshot.frame == frame, f"snapshot {snapshot.frame} after tick {frame}"
    return snapshot


def blueprint(name, **attributes):
    found = S.world.get_blueprint_library().find(name)
    for key, value in attributes.items():
        found.set_attribute(key, str(value))
    return found


def spot(x, y, z=0.0, yaw=0.0):
    return carla.Transform(carla.Location(x, y, z), carla.Rotation(yaw=yaw))
