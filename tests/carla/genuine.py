"""The genuine CARLA client (PyPI carla 0.9.16) against a server: every call a study needs, each with what must come back.

    python genuine.py HOST PORT [STEP..]     leaves these steps out, by name; needs a temporary HOME

Prints a line for each step and ends with `all N steps passed`; the first that fails ends it with status 1.
"""

import faulthandler
import math
import os
import queue
import sys
import time
import traceback

import carla

faulthandler.enable()
HOST, PORT = sys.argv[1], int(sys.argv[2])
DT = 0.05
STEPS = []


def step(function):
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


@step
def versions_agree():
    S.client = carla.Client(HOST, PORT)
    S.client.set_timeout(20.0)
    assert S.client.get_client_version() == "0.9.16"
    assert S.client.get_server_version() == "0.9.16"


@step
def the_world_is_there_and_ticks_by_itself():
    S.world = S.client.get_world()
    first = S.world.wait_for_tick(5.0)
    later = S.world.wait_for_tick(5.0)
    assert later.frame > first.frame and later.elapsed_seconds > first.elapsed_seconds
    assert S.world.get_settings().synchronous_mode is False
    assert S.world.get_settings().fixed_delta_seconds is None


@step
def a_snapshot_holds_the_spectator():
    spectator = S.world.get_spectator()
    assert spectator.type_id == "spectator"
    assert S.world.get_snapshot().find(spectator.id) is not None


@step
def synchronous_settings_come_back():
    settings = S.world.get_settings()
    settings.synchronous_mode = True
    settings.fixed_delta_seconds = DT
    S.world.apply_settings(settings)
    found = S.world.get_settings()
    assert found.synchronous_mode is True
    near(found.fixed_delta_seconds, DT, 0)
    near(found.max_substep_delta_time, 0.01)
    assert found.max_substeps == 10 and found.spectator_as_ego is True


@step
def the_world_waits_for_ticks():
    before = S.world.get_snapshot().frame
    time.sleep(0.3)
    assert S.world.get_snapshot().frame == before


@step
def each_tick_is_one_frame_of_the_fixed_step():
    first = tick()
    for n in range(1, 21):
        snapshot = tick()
        assert snapshot.frame == first.frame + n
        near(snapshot.timestamp.delta_seconds, DT, 1e-7)
        near(snapshot.timestamp.elapsed_seconds, first.timestamp.elapsed_seconds + n * DT, 1e-9)


@step
def blueprints_have_carlas_names_and_attributes():
    library = S.world.get_blueprint_library()
    assert len(library) >= 40, len(library)
    assert len(library.filter("vehicle.*")) >= 20 and len(library.filter("walker.pedestrian.*")) >= 10
    car = library.find("vehicle.tesla.model3")
    assert int(car.get_attribute("number_of_wheels")) == 4
    assert car.get_attribute("base_type").as_str() == "car"
    assert car.has_attribute("color") and car.get_attribute("color").is_modifiable
    car.set_attribute("color", "255,0,0")
    assert car.get_attribute("color").as_color() == carla.Color(255, 0, 0)
    camera = library.find("sensor.camera.rgb")
    near(float(camera.get_attribute("fov")), 90.0)
    assert car.match_tags("vehicle.*") and car.has_tag("tesla")


@step
def the_map_is_parsed():
    S.map = S.world.get_map()
    assert S.map.name.startswith("Carla/Maps/"), S.map.name
    assert "<OpenDRIVE" in S.map.to_opendrive()
    assert len(S.map.get_spawn_points()) >= 4
    assert any(name.endswith("OpenDriveMap") for name in S.client.get_available_maps())


@step
def spawn_points_lie_on_lanes_and_look_along_them():
    for point in S.map.get_spawn_points():
        waypoint = S.map.get_waypoint(point.location, project_to_road=False)
        assert waypoint is not None and waypoint.lane_type == carla.LaneType.Driving
        middle = waypoint.transform
        off = point.location - middle.location
        right = middle.get_right_vector()
        near(off.x * right.x + off.y * right.y, 0.0, 0.01)  # beside the lane's middle
        near(math.hypot(off.x, off.y), 0.0, 0.3)  # the client finds its nearest point in steps
        turned = (middle.rotation.yaw - point.rotation.yaw + 180.0) % 360.0 - 180.0
        near(turned, 0.0, 0.2)


@step
def the_built_in_street_has_a_crosswalk_and_waypoints():
    corners = S.map.get_crosswalks()
    assert len(corners) >= 4, len(corners)
    xs, ys = [c.x for c in corners], [c.y for c in corners]
    assert max(xs) - min(xs) < 30 and max(ys) - min(ys) < 30
    waypoint = S.map.get_waypoint(carla.Location(0, 0, 0))
    following = waypoint.next(2.0)
    assert len(following) == 1
    near(following[0].transform.location.distance(waypoint.transform.location), 2.0, 0.01)
    near(waypoint.lane_width, 3.25, 0.01)
    assert len(S.map.generate_waypoints(5.0)) > 100


@step
def geolocation_begins_at_the_maps_origin():
    origin = S.map.transform_to_geolocation(carla.Location(0, 0, 0))
    near(origin.latitude, 40.5127, 1e-6)
    near(origin.longitude, -3.3490, 1e-6)


@step
def required_files_are_served():
    names = S.client.get_required_files("", False)
    assert any(name.endswith(".xodr") for name in names), names
    S.client.request_file(names[0])


@step
def a_car_is_spawned_where_it_was_asked_for():
    S.car = S.world.spawn_actor(blueprint("vehicle.tesla.model3", role_name="ego"), spot(10, 20, 0.5, 30))
    snapshot = tick()
    at(S.car.get_location(), 10, 20, 0.5)
    near(S.car.get_transform().rotation.yaw, 30.0, 1e-3)
    assert S.car.attributes["role_name"] == "ego" and S.car.attributes["number_of_wheels"] == "4"
    assert S.car.type_id == "vehicle.tesla.model3" and S.car.parent is None
    at(snapshot.find(S.car.id).get_transform().location, 10, 20, 0.5)
    assert 14 in S.car.semantic_tags


@step
def its_box_is_its_own():
    box = S.car.bounding_box
    near(box.extent.x, 2.40, 0.05)
    near(box.extent.y, 1.08, 0.05)
    near(box.location.z, box.extent.z, 1e-6)


@step
def actors_are_listed():
    tick()
    listed = S.world.get_actors()
    assert {a.id for a in listed} == {S.car.id, S.world.get_spectator().id}
    assert listed.find(S.car.id).type_id == S.car.type_id
    assert len(listed.filter("vehicle.*")) == 1
    assert S.world.get_actors([S.car.id, 999999])[0].id == S.car.id


@step
def a_second_car_in_the_same_place_is_refused():
    try:
        S.world.spawn_actor(blueprint("vehicle.audi.tt"), spot(11, 20, 0.5, 30))
    except RuntimeError as error:
        assert "Spawn failed because of collision at spawn position" in str(error), error
    else:
        raise AssertionError("two cars in one place")
    assert S.world.try_spawn_actor(blueprint("vehicle.audi.tt"), spot(11, 20, 0.5, 30)) is None


@step
def a_transform_shows_after_the_tick():
    S.car.set_transform(spot(-5, 7, 0.25, -90))
    snapshot = tick()
    found = snapshot.find(S.car.id).get_transform()
    at(found.location, -5, 7, 0.25)
    near(found.rotation.yaw, -90.0, 1e-4)
    S.car.set_location(carla.Location(-6, 7, 0.25))
    tick()
    at(S.car.get_location(), -6, 7, 0.25)
    near(S.car.get_transform().rotation.yaw, -90.0, 1e-4)


@step
def a_target_velocity_moves_it_by_exactly_that():
    S.car.set_transform(spot(0, 50))
    S.car.set_target_velocity(carla.Vector3D(8.0, -2.0, 0.0))
    tick()
    at(S.car.get_location(), 8.0 * DT, 50 - 2.0 * DT, 0.0, 1e-5)
    at(S.car.get_velocity(), 8.0, -2.0, 0.0, 1e-5)


@step
def a_constant_velocity_is_kept_in_its_own_frame():
    S.car.set_transform(spot(0, 50, 0, 90))
    S.car.enable_constant_velocity(carla.Vector3D(4.0, 0.0, 0.0))
    tick(20)
    at(S.car.get_location(), 0.0, 54.0, 0.0, 1e-3)
    S.car.disable_constant_velocity()


@step
def angular_velocity_turns_it():
    S.car.set_transform(spot(0, 50))
    S.car.set_target_velocity(carla.Vector3D(0, 0, 0))
    S.car.set_target_angular_velocity(carla.Vector3D(0, 0, 40.0))
    tick()
    near(S.car.get_transform().rotation.yaw, 40.0 * DT, 1e-4)
    near(S.car.get_angular_velocity().z, 40.0, 1e-4)


@step
def throttle_drives_and_brakes_stop():
    S.car.set_transform(spot(0, 50))
    S.car.set_target_velocity(carla.Vector3D(0, 0, 0))
    tick()
    S.car.apply_control(carla.VehicleControl(throttle=0.75, steer=0.0))
    tick(40)
    fast = S.car.get_velocity().length()
    assert 4.0 < fast < 12.0, fast
    assert S.car.get_acceleration().x > 0.5
    near(S.car.get_control().throttle, 0.75, 1e-6)
    S.car.apply_control(carla.VehicleControl(brake=1.0))
    tick(60)
    near(S.car.get_velocity().length(), 0.0, 1e-6)
    near(S.car.get_control().brake, 1.0, 1e-6)


@step
def steering_turns_to_the_right():
    S.car.apply_control(carla.VehicleControl(throttle=0.5, steer=0.5))
    tick(30)
    assert S.car.get_transform().rotation.yaw > 5.0
    S.car.apply_control(carla.VehicleControl(brake=1.0, hand_brake=True, reverse=False, gear=1))
    tick(60)
    assert S.car.get_control().hand_brake and S.car.get_control().gear == 1
    S.car.apply_ackermann_control(carla.VehicleAckermannControl(speed=3.0, acceleration=2.0))
    tick(60)
    near(S.car.get_velocity().length(), 3.0, 1e-3)
    S.car.apply_control(carla.VehicleControl(brake=1.0))
    tick(60)


@step
def impulses_push():
    S.car.set_transform(spot(0, 50))
    S.car.apply_control(carla.VehicleControl())
    tick()
    S.car.add_impulse(carla.Vector3D(18500.0, 0, 0))
    tick()
    assert 5.0 < S.car.get_velocity().x < 11.0, S.car.get_velocity()
    S.car.set_simulate_physics(False)
    tick()
    where = S.car.get_location()
    tick(5)
    at(S.car.get_location(), where.x, where.y, where.z, 1e-6)
    S.car.set_simulate_physics(True)


@step
def lights_come_back_bit_by_bit():
    S.car.set_light_state(carla.VehicleLightState.Brake)
    tick()
    assert S.car.get_light_state() == carla.VehicleLightState.Brake
    both = int(carla.VehicleLightState.Special1) | int(carla.VehicleLightState.LeftBlinker)
    S.car.set_light_state(carla.VehicleLightState(both))
    tick()
    assert int(S.car.get_light_state()) == both
    assert int(S.world.get_vehicles_light_states()[S.car.id]) == both


@step
def a_walker_walks():
    S.walker = S.world.spawn_actor(blueprint("walker.pedestrian.0002"), spot(-20, -20, 0.93, 0))
    tick()
    at(S.walker.get_location(), -20, -20, 0.93)
    S.walker.apply_control(carla.WalkerControl(direction=carla.Vector3D(0, 1, 0), speed=1.4))
    tick(20)
    at(S.walker.get_location(), -20, -20 + 20 * DT * 1.4, 0.93, 1e-4)
    near(S.walker.get_velocity().y, 1.4, 1e-5)
    near(S.walker.get_control().speed, 1.4, 1e-6)
    near(S.walker.get_transform().rotation.yaw, 90.0, 1e-4)
    S.walker.apply_control(carla.WalkerControl())
    tick()


@step
def bones_can_be_read():
    bones = {bone.name: bone for bone in S.walker.get_bones().bone_transforms}
    for name in ["crl_root", "crl_hips__C", "crl_Head__C", "crl_hand__R", "crl_toeEnd__L", "crl_handIndexEnd__L"]:
        assert name in bones, name
    feet = S.walker.get_location().z - 0.93
    near(bones["crl_root"].world.location.z, feet, 1e-4)
    near(bones["crl_Head__C"].world.location.z, feet + 1.56, 1e-4)
    S.bones = bones


@step
def bones_are_set_relative_to_their_parents():
    rest = S.bones["crl_foreArm__R"].relative
    turned = carla.Transform(rest.location, carla.Rotation(rest.rotation.pitch + 30, rest.rotation.yaw, rest.rotation.roll))
    S.walker.set_bones(carla.WalkerBoneControlIn([("crl_foreArm__R", turned)]))
    tick()
    same = {bone.name: bone for bone in S.walker.get_bones().bone_transforms}
    near(same["crl_foreArm__R"].relative.rotation.pitch, rest.rotation.pitch, 1e-3)
    S.walker.show_pose()
    tick()
    now = {bone.name: bone for bone in S.walker.get_bones().bone_transforms}
    near(now["crl_foreArm__R"].relative.rotation.pitch, rest.rotation.pitch + 30, 1e-3)
    moved = now["crl_hand__R"].world.location.distance(S.bones["crl_hand__R"].world.location)
    assert 0.05 < moved < 0.3, moved
    near(now["crl_hand__L"].world.location.distance(S.bones["crl_hand__L"].world.location), 0.0, 1e-4)
    near(now["crl_foreArm__R"].world.location.distance(S.bones["crl_foreArm__R"].world.location), 0.0, 1e-4)
    S.walker.blend_pose(0.5)
    tick()
    half = {bone.name: bone for bone in S.walker.get_bones().bone_transforms}
    way = half["crl_hand__R"].world.location.distance(S.bones["crl_hand__R"].world.location)
    assert 0.0 < way < moved
    S.walker.get_pose_from_animation()
    S.walker.hide_pose()
    tick()
    rested = {bone.name: bone for bone in S.walker.get_bones().bone_transforms}
    near(rested["crl_hand__R"].world.location.distance(S.bones["crl_hand__R"].world.location), 0.0, 1e-4)


@step
def a_batch_says_what_became_of_each_command():
    V = carla.command
    commands = [
        V.ApplyTransform(S.walker.id, spot(-5, 1, 0.93)),
        V.ApplyTargetVelocity(S.car.id, carla.Vector3D(1, 2, 0)),
        V.SetVehicleLightState(S.car.id, carla.VehicleLightState.LowBeam),
        V.ApplyWalkerControl(S.car.id, carla.WalkerControl(direction=carla.Vector3D(1, 0, 0), speed=1.0)),
        V.DestroyActor(999999),
        V.ApplyVehicleControl(999999, carla.VehicleControl()),
        V.ApplyTargetAngularVelocity(S.car.id, carla.Vector3D(0, 0, 0)),
        V.ApplyImpulse(S.car.id, carla.Vector3D(0, 0, 0)),
        V.ApplyForce(S.car.id, carla.Vector3D(0, 0, 0)),
        V.SetSimulatePhysics(S.car.id, True),
    ]
    results = S.client.apply_batch_sync(commands, False)
    words = [result.error for result in results]
    assert [bool(word) for word in words] == [False] * 3 + [True] * 3 + [False] * 4, words
    assert "not a Walker" in words[3] and "not found" in words[4] and "could not be found" in words[5], words
    assert results[0].actor_id == S.walker.id
    where = S.car.get_location()
    tick()
    at(S.walker.get_location(), -5, 1, 0.93)
    at(S.car.get_location(), where.x + DT, where.y + 2 * DT, where.z, 1e-4)
    assert S.car.get_light_state() == carla.VehicleLightState.LowBeam


@step
def a_batch_can_tick():
    before = S.world.get_snapshot().frame
    results = S.client.apply_batch_sync([carla.command.ApplyTransform(S.car.id, spot(0, 60))], True)
    assert not results[0].error
    assert S.world.get_snapshot().frame == before + 1
    at(S.car.get_location(), 0, 60, 0, 0.2)


@step
def walker_state_places_feet_and_walks_on():
    S.client.apply_batch_sync([carla.command.ApplyWalkerState(S.walker.id, spot(-8, 3, 0.0, 90), 1.0)], False)
    tick()
    at(S.walker.get_location(), -8, 3 + DT, 0.93, 1e-4)
    S.walker.apply_control(carla.WalkerControl())
    tick()


@step
def spawn_then_acts_on_the_new_actor():
    V = carla.command
    spawn = V.SpawnActor(blueprint("vehicle.lincoln.mkz_2020"), spot(40, 40))
    spawn = spawn.then(V.ApplyTargetVelocity(V.FutureActor, carla.Vector3D(6, 0, 0)))
    spawn = spawn.then(V.SetVehicleLightState(V.FutureActor, carla.VehicleLightState.Special2))
    sensor = V.SpawnActor(blueprint("sensor.other.gnss"), carla.Transform(), S.car.id)
    results = S.client.apply_batch_sync([spawn, sensor, V.SpawnActor(blueprint("vehicle.audi.tt"), spot(40, 41))], False)
    assert not results[0].error and not results[1].error
    assert "collision" in results[2].error
    tick()
    S.second = S.world.get_actor(results[0].actor_id)
    at(S.second.get_location(), 40 + 6 * DT, 40, 0, 1e-4)
    assert S.second.get_light_state() == carla.VehicleLightState.Special2
    child = S.world.get_actor(results[1].actor_id)
    assert child.parent.id == S.car.id
    assert child.destroy()


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


@step
def weather_comes_back():
    weather = carla.WeatherParameters(cloudiness=30.0, precipitation=12.5, sun_altitude_angle=-3.5, fog_density=4.0)
    S.world.set_weather(weather)
    found = S.world.get_weather()
    near(found.cloudiness, 30.0)
    near(found.precipitation, 12.5)
    near(found.sun_altitude_angle, -3.5)
    near(found.fog_density, 4.0)


@step
def the_recorder_keeps_books():
    name = S.client.start_recorder("trial-7.log", True)
    assert "trial-7.log" in name
    tick(10)
    S.client.stop_recorder()
    tick()
    text = S.client.show_recorder_file_info("trial-7.log", False)
    assert "Frames: 10" in text and "vehicle.tesla.model3" in text, text
    assert "not found" in S.client.show_recorder_file_info("no-such.log", False)
    assert "trial-7.log" in S.client.replay_file("trial-7.log", 0.0, 0.0, 0)
    S.client.stop_replayer(True)


@step
def debug_shapes_are_taken():
    debug, here, red = S.world.debug, carla.Location(0, 0, 1), carla.Color(255, 0, 0)
    debug.draw_point(here, 0.1, red, 1.0)
    debug.draw_line(here, carla.Location(1, 0, 1), 0.1, red, 1.0)
    debug.draw_arrow(here, carla.Location(1, 0, 1), 0.1, 0.1, red, 1.0)
    debug.draw_box(carla.BoundingBox(here, carla.Vector3D(1, 1, 1)), carla.Rotation(), 0.1, red, 1.0)
    debug.draw_string(here, "kerbside", False, red, 1.0)
    tick()


@step
def the_ground_is_found():
    found = S.world.ground_projection(carla.Location(3, 4, 10), 20.0)
    at(found.location, 3, 4, 0)
    assert S.world.ground_projection(carla.Location(3, 4, 10), 5.0) is None
    points = S.world.cast_ray(carla.Location(0, 0, 5), carla.Location(0, 10, -5))
    at(points[0].location, 0, 5, 0)


@step
def the_spectator_goes_where_it_is_put():
    spectator = S.world.get_spectator()
    spectator.set_transform(carla.Transform(carla.Location(1, 2, 30), carla.Rotation(pitch=-89)))
    tick()
    found = spectator.get_transform()
    at(found.location, 1, 2, 30)
    near(found.rotation.pitch, -89.0, 1e-3)


@step
def destroyed_actors_leave_the_snapshot():
    gone = S.second.id
    assert S.second.destroy()
    snapshot = tick()
    assert snapshot.find(gone) is None and snapshot.find(S.car.id) is not None
    assert S.client.apply_batch_sync([carla.command.DestroyActor(gone)], False)[0].error


@step
def two_clients_see_the_same_world():
    other = carla.Client(HOST, PORT)
    other.set_timeout(20.0)
    watching = other.get_world()
    S.car.set_transform(spot(5, 66))
    S.car.set_target_velocity(carla.Vector3D(0, 0, 0))
    # The other client subscribes on a thread of its own, and sees the ticks from then on.
    for _ in range(100):
        frame = tick().frame
        time.sleep(0.02)
        if watching.get_snapshot().frame == frame:
            break
    seen = watching.get_snapshot()
    assert seen.frame == frame, (seen.frame, frame)
    at(seen.find(S.car.id).get_transform().location, 5, 66, 0)


@step
def an_opendrive_world_replaces_the_map():
    text = S.map.to_opendrive().replace("Alcala street, modelled", "Another street, modelled")
    before = S.world.id
    parameters = carla.OpendriveGenerationParameters(vertex_distance=2.0, wall_height=0.0, enable_mesh_visibility=True)
    S.world = S.client.generate_opendrive_world(text, parameters, False)
    assert S.world.id != before
    assert S.world.get_settings().synchronous_mode is True
    found = S.world.get_map()
    assert found.name.endswith("OpenDriveMap") and found.to_opendrive() == text
    tick()
    assert len(S.world.get_actors()) == 1, list(S.world.get_actors())


@step
def what_is_no_map_is_refused():
    try:
        S.client.generate_opendrive_world("this is no map")
    except RuntimeError as error:
        assert "opendrive" in str(error).lower(), error
    else:
        raise AssertionError("no map was taken for one")
    try:
        S.client.load_world("NoSuchTown")
    except RuntimeError as error:
        assert "not found" in str(error), error
    else:
        raise AssertionError("a map that does not exist was loaded")


@step
def reloading_begins_a_new_episode():
    before = S.world.id
    S.world.spawn_actor(blueprint("vehicle.audi.tt"), spot(0, 0, 0.5))
    S.world = S.client.reload_world(False)
    assert S.world.id != before
    tick()
    assert len(S.world.get_actors()) == 1


@step
def another_map_is_loaded_by_its_name():
    name = next(n for n in S.client.get_available_maps() if not n.endswith("OpenDriveMap"))
    S.world = S.client.load_world(name, True)
    assert S.world.get_map().name == S.map.name
    assert S.world.get_settings().synchronous_mode is False  # settings were reset


@step
def asynchronous_again():
    settings = S.world.get_settings()
    settings.synchronous_mode = True
    settings.fixed_delta_seconds = DT
    S.world.apply_settings(settings)
    tick(3)
    settings.synchronous_mode = False
    settings.fixed_delta_seconds = None
    S.world.apply_settings(settings)
    first = S.world.wait_for_tick(5.0)
    assert S.world.wait_for_tick(5.0).frame > first.frame


# Last, as SetAutopilot must be: the client's own traffic manager ends the process when cars it knew of are gone.
@step
def traffic_managers_are_kept_in_the_books():
    manager = S.client.get_trafficmanager(PORT + 37)
    assert manager.get_port() == PORT + 37
    again = S.client.get_trafficmanager(PORT + 37)
    assert again.get_port() == PORT + 37
    S.manager = manager


@step
def the_clients_traffic_manager_drives_a_car():
    settings = S.world.get_settings()
    settings.synchronous_mode = True
    settings.fixed_delta_seconds = DT
    S.world.apply_settings(settings)
    S.manager.set_synchronous_mode(True)
    point = next(p for p in S.world.get_map().get_spawn_points() if abs(p.location.x) < 60)
    car = S.world.spawn_actor(blueprint("vehicle.tesla.model3"), point)
    tick()
    began = car.get_location()
    car.set_autopilot(True, PORT + 37)
    tick(100)
    assert car.get_location().distance(began) > 20.0, car.get_location().distance(began)
    near(car.get_velocity().length(), 30 / 3.6, 0.2)  # the map's speed limit
    lane = S.world.get_map().get_waypoint(car.get_location()).transform
    off, right = car.get_location() - lane.location, lane.get_right_vector()
    near(off.x * right.x + off.y * right.y, 0.0, 0.3)
    settings.synchronous_mode = False
    settings.fixed_delta_seconds = None
    S.world.apply_settings(settings)


def main():
    steps = [function for function in STEPS if function.__name__ not in sys.argv[3:]]
    for n, function in enumerate(steps, 1):
        began = time.perf_counter()
        try:
            function()
        except BaseException:
            traceback.print_exc()
            print(f"step {n} failed: {function.__name__}", flush=True)
            return 1
        print(f"{n:3} {function.__name__} ({1000 * (time.perf_counter() - began):.0f} ms)", flush=True)
    print(f"all {len(steps)} steps passed", flush=True)
    return 0


# The client's threads are known to crash while the interpreter ends.
status = main()
sys.stdout.flush()
sys.stderr.flush()
os._exit(status)
