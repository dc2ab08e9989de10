"""Connecting, time, blueprints, the map."""

import math
import time

import carla

from .tools import DT, S, near, step, tick


@step
def versions_agree():
    S.client = carla.Client(S.host, S.port)
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
        near(turned, 0.0, 0.6)


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
