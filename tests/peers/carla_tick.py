"""Synchronous ticks with one control by the genuine CARLA client, for benches/carla.rs.

Argument: the port of a server that is synchronous already. Prints an empty line; then each line of standard input is a
number of ticks, answered by the processor's seconds that all of them took, then the seconds of each.
"""
import sys
import time

import carla

client = carla.Client("127.0.0.1", int(sys.argv[1]))
client.set_timeout(20.0)
world = client.get_world()
model = world.get_blueprint_library().find("vehicle.tesla.model3")
car = world.spawn_actor(model, carla.Transform(carla.Location(30, 0, 0)))
world.tick()
print(flush=True)
for line in sys.stdin:
    took, before = [], time.process_time()
    for n in range(int(line)):
        began = time.perf_counter()
        car.apply_control(carla.VehicleControl(throttle=n % 10 * 0.05))
        world.tick()
        took.append(time.perf_counter() - began)
    print(repr(time.process_time() - before), *took, flush=True)
