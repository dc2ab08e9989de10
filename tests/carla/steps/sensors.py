"""What sensors on a car send, frame by frame."""

import queue
import time

import carla

from .tools import S, at, blueprint, near, spot, step, tick


def listen(kind, count, where=None, parent=True, **attributes):
    where = where or carla.Transform(carla.Location(x=0.5, z=1.6))
    sensor = S.world.spawn_actor(blueprint(kind, **attributes), where, attach_to=S.car if parent else None)
    seen = queue.Queue()
    sensor.listen(seen.put)
    time.sleep(0.2)
    frames = [tick().frame for _ in range(count)]
    found = [seen.get(timeout=5.0) for _ in range(count)]
    assert [data.frame for data in found] == frames, ([data.frame for data in found], frames)
    sensor.stop()
    sensor.destroy()
    return found


@step
def gnss_agrees_with_the_clients_own_reckoning():
    S.car.set_transform(spot(30, -40))
    S.car.set_target_velocity(carla.Vector3D(0, 0, 0))
    tick()
    for data in listen("sensor.other.gnss", 3, carla.Transform()):
        here = data.transform.location
        at(here, 30, -40, 0, 1e-3)
        expected = S.map.transform_to_geolocation(here)
        near(data.latitude, expected.latitude, 1e-9)
        near(data.longitude, expected.longitude, 1e-9)


@step
def imu_feels_gravity_and_knows_north():
    S.car.set_transform(spot(30, -40, 0, -90))
    tick()
    data = listen("sensor.other.imu", 2, carla.Transform())[-1]
    near(data.accelerometer.z, 9.81, 1e-3)
    near(data.compass, 0.0, 1e-3)


@step
def a_camera_sees_the_car_in_front():
    S.car.set_transform(spot(0, 60))
    S.second.set_transform(spot(12, 60))
    for car in (S.car, S.second):
        car.set_target_velocity(carla.Vector3D(0, 0, 0))
    tick()
    size = dict(image_size_x=160, image_size_y=120, fov=90)
    image = listen("sensor.camera.rgb", 2, **size)[-1]
    assert (image.width, image.height) == (160, 120) and len(image.raw_data) == 160 * 120 * 4
    near(image.fov, 90.0)
    pixel = lambda data, x, y: tuple(data.raw_data[4 * (y * 160 + x) : 4 * (y * 160 + x) + 3])
    # The eye is 1.6 m high; the roof of the other car is lower, its rear is seen a little below the middle.
    assert pixel(image, 80, 62) != pixel(image, 20, 62) and pixel(image, 80, 10) == pixel(image, 20, 10)
    labels = listen("sensor.camera.semantic_segmentation", 1, **size)[-1]
    found = [pixel(labels, x, y)[2] for x, y in [(80, 62), (20, 62), (80, 10)]]
    assert found == [14, 1, 11], found
    depths = listen("sensor.camera.depth", 1, **size)[-1]
    blue, green, red = pixel(depths, 80, 62)
    metres = 1000.0 * (red + 256 * green + 65536 * blue) / (256**3 - 1)
    rear = 12 - S.second.bounding_box.extent.x - 0.5
    near(metres, rear, 0.05)


@step
def a_lidar_hits_the_car_in_front():
    scan = listen("sensor.lidar.ray_cast", 2, channels=16, range=30, points_per_second=100000, rotation_frequency=20)[-1]
    assert scan.channels == 16 and len(scan) > 500, len(scan)
    rear = 12 - S.second.bounding_box.extent.x - 0.5
    ahead = [p.point for p in scan if abs(p.point.y) < 0.5 and -1.4 < p.point.z < -0.4 and p.point.x > 5]
    assert ahead and abs(min(p.x for p in ahead) - rear) < 0.05, [p.x for p in ahead][:5]


@step
def a_collision_names_the_other():
    S.car.set_transform(spot(8.5, 60))
    found = listen("sensor.other.collision", 1, carla.Transform())[0]
    assert found.actor.id == S.car.id and found.other_actor.id == S.second.id
    S.car.set_transform(spot(0, 60))
    tick()


@step
def a_slow_sensor_sends_seldom():
    S.slow = S.world.spawn_actor(blueprint("sensor.other.gnss", sensor_tick=0.2), carla.Transform(), attach_to=S.car)
    seen = []
    S.slow.listen(lambda data: seen.append(data.frame))
    time.sleep(0.2)
    tick(20)
    time.sleep(0.2)
    assert len(seen) == 5 and all(b - a == 4 for a, b in zip(seen, seen[1:])), seen
    S.slow.stop()
    S.slow.destroy()
