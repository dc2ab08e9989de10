"""How long the genuine CARLA client (PyPI carla 0.9.16) takes for a synchronous tick with one control.

    python pace.py HOST PORT TICKS     needs a temporary HOME; prints p50 and p99 in microseconds, and CPU in microseconds a tick
"""

import os
import sys
import time

import carla

client = carla.Client(sys.argv[1], int(sys.argv[2]))
client.set_timeout(20.0)
world = client.get_world()
settings = world.get_settings()
settings.synchronous_mode = True
settings.fixed_delta_seconds = 1 / 90
world.apply_settings(settings)
car = world.spawn_actor(world.get_blueprint_library().find("vehicle.tesla.model3"), carla.Transform())
world.tick()


def tick(n):
    commands = [carla.command.ApplyVehicleControl(car.id, carla.VehicleControl(throttle=0.2 + 0.1 * (n % 2)))]
    client.apply_batch_sync(commands, False)
    world.tick()
    return world.get_snapshot().find(car.id).get_transform().location.x


for n in range(200):
    tick(n)
took, cpu = [], time.process_time()
for n in range(int(sys.argv[3])):
    began = time.perf_counter()
    tick(n)
    took.append(time.perf_counter() - began)
cpu = time.process_time() - cpu
took.sort()
of = lambda share: 1e6 * took[int(share * (len(took) - 1))]
print(f"{of(0.5):.1f} {of(0.99):.1f} {1e6 * cpu / len(took):.1f}", flush=True)
car.destroy()
settings.synchronous_mode = False
world.apply_settings(settings)
# The client's threads are known to crash while the interpreter ends.
os._exit(0)
