"""The genuine CARLA client (PyPI carla 0.9.16) watches a server and says what it sees.

    python watch.py HOST PORT     until its standard input ends; needs a temporary HOME

Prints `watching`, then a line for each actor of each snapshot: frame, elapsed seconds, actor, kind, x, y, z, yaw, and
velocity x and y, the numbers as the hexadecimal bits of a double (elapsed seconds) and of floats.
"""

import os
import struct
import sys
import time

import carla


def bits(kind, *values):
    return " ".join(struct.pack(kind, value).hex() for value in values)


client = carla.Client(sys.argv[1], int(sys.argv[2]))
client.set_timeout(20.0)
world = client.get_world()
kinds = {}


def kind(actor):
    if actor.id not in kinds:
        found = world.get_actor(actor.id)
        kinds[actor.id] = found.type_id if found else "unknown"
    return kinds[actor.id]


snapshots = []
world.on_tick(snapshots.append)
print("watching", flush=True)
sys.stdin.read()
time.sleep(0.5)  # what was sent before may still be on its way
for snapshot in snapshots:
    for actor in snapshot:
        place, velocity = actor.get_transform(), actor.get_velocity()
        seen = (place.location.x, place.location.y, place.location.z, place.rotation.yaw, velocity.x, velocity.y)
        elapsed = bits(">d", snapshot.timestamp.elapsed_seconds)
        print(snapshot.frame, elapsed, actor.id, kind(actor), bits(">f", *seen))
sys.stdout.flush()
# The client's threads are known to crash while the interpreter ends.
os._exit(0)
