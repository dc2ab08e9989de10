"""The genuine CARLA client (PyPI carla 0.9.16) looks on while somebody else drives: it never ticks and changes nothing.

    python watch_study.py HOST PORT      until standard input ends; needs a temporary HOME

Prints `ready`, then, at the end, a line of JSON for everything seen:
  {"frame", "elapsed_s", "actors": [[id, x, y, z, pitch, yaw, roll, vx, vy, vz], ..]}    a snapshot, from world.on_tick
  {"id", "type", "role", "box": [x, y, z, half x, half y, half z]}                       an actor, once
  {"light_of", "bits", "after", "before"}                                                lights, asked between two frames
"""

import json
import os
import sys
import threading
import time

import carla

HOST, PORT = sys.argv[1], int(sys.argv[2])
seen, over = [], threading.Event()


def on_tick(snapshot):
    def actor(state):
        at, v = state.get_transform(), state.get_velocity()
        place, turn = at.location, at.rotation
        return [state.id, place.x, place.y, place.z, turn.pitch, turn.yaw, turn.roll, v.x, v.y, v.z]

    seen.append({
        "frame": snapshot.frame,
        "elapsed_s": snapshot.timestamp.elapsed_seconds,
        "actors": [actor(state) for state in snapshot],
    })


def about(actor):
    at, half = actor.bounding_box.location, actor.bounding_box.extent
    box = [at.x, at.y, at.z, half.x, half.y, half.z]
    return {"id": actor.id, "type": actor.type_id, "role": actor.attributes.get("role_name", ""), "box": box}


def look(world):
    """Asks for actors and lights while the world goes on without waiting for the answers."""
    known, said = {}, []
    while not over.is_set():
        for actor in world.get_actors():
            if actor.id not in known and actor.type_id.startswith(("vehicle.", "walker.")):
                known[actor.id] = about(actor)
        after = seen[-1]["frame"] if seen else 0
        lights = world.get_vehicles_light_states()
        before = seen[-1]["frame"] if seen else 0
        said += [{"light_of": id, "bits": int(bits), "after": after, "before": before} for id, bits in lights.items()]
        time.sleep(0.005)
    return list(known.values()) + said


def main():
    client = carla.Client(HOST, PORT)
    client.set_timeout(20.0)
    world = client.get_world()
    number = world.on_tick(on_tick)
    asked = []
    asking = threading.Thread(target=lambda: asked.extend(look(world)))
    asking.start()
    while not seen:
        time.sleep(0.01)
    print("ready", flush=True)
    sys.stdin.read()
    over.set()
    asking.join()
    world.remove_on_tick(number)
    for line in seen + asked:
        print(json.dumps(line))
    sys.stdout.flush()
    # At the interpreter's end the library may crash.
    os._exit(0)


main()
