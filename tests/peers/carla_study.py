"""Ticks of a study by the genuine CARLA client, for benches/carla.rs: two vehicles, their lights, a walker and its bones.

Argument: the port of a server. Prints an empty line; then each line of standard input is a number of ticks, answered by
the processor's seconds that all of them took, then the seconds of each.
"""
import math
import sys
import time

import carla

STEP_S, SPEED_MPS = 0.04, 8.33
# The bones that a study sets.
BONES = (
    "crl_hips__C crl_spine__C crl_spine01__C crl_neck__C crl_Head__C crl_arm__L crl_foreArm__L crl_hand__L crl_arm__R "
    "crl_foreArm__R crl_hand__R crl_thigh__L crl_leg__L crl_foot__L crl_thigh__R crl_leg__R crl_foot__R"
).split()

client = carla.Client("127.0.0.1", int(sys.argv[1]))
client.set_timeout(20.0)
world = client.get_world()
settings = world.get_settings()
settings.synchronous_mode, settings.fixed_delta_seconds = True, STEP_S
world.apply_settings(settings)
library = world.get_blueprint_library()
model = library.find("vehicle.tesla.model3")
cars = [world.spawn_actor(model, carla.Transform(carla.Location(x, 0, 0.5))) for x in (0, 30)]
walker = world.spawn_actor(library.find("walker.pedestrian.0001"), carla.Transform(carla.Location(60, 8, 1)))
world.tick()
rest = {bone.name: bone.relative for bone in walker.get_bones().bone_transforms}
assert set(BONES) <= set(rest), set(BONES) - set(rest)
walker.blend_pose(1.0)
print(flush=True)
for line in sys.stdin:
    took, before = [], time.process_time()
    for n in range(int(line)):
        began = time.perf_counter()
        batch = []
        for car in cars:
            batch.append(carla.command.ApplyTargetVelocity(car, carla.Vector3D(SPEED_MPS, 0, 0)))
            batch.append(carla.command.ApplyTargetAngularVelocity(car, carla.Vector3D(0, 0, 0)))
        at = carla.Transform(carla.Location(60, 8 - 1.3 * STEP_S * (n % 100), 0), carla.Rotation(yaw=-90))
        batch.append(carla.command.ApplyWalkerState(walker, at, 1.3))
        client.apply_batch_sync(batch, False)
        swing = 20 * math.sin(0.25 * n)
        bones = []
        for name in BONES:
            here = rest[name]
            turn = carla.Rotation(here.rotation.pitch + swing, here.rotation.yaw, here.rotation.roll)
            bones.append((name, carla.Transform(here.location, turn)))
        walker.set_bones(carla.WalkerBoneControlIn(bones))
        world.tick()
        for actor in world.get_snapshot():
            if actor.id == cars[0].id or actor.id == cars[1].id:
                actor.get_transform(), actor.get_velocity()
        took.append(time.perf_counter() - began)
    print(repr(time.process_time() - before), *took, flush=True)
