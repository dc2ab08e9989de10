"""Weather, recorder, other maps, new episodes, traffic managers."""

import time

import carla

from .tools import DT, S, at, blueprint, near, spot, step, tick


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
    other = carla.Client(S.host, S.port)
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
    manager = S.client.get_trafficmanager(S.port + 37)
    assert manager.get_port() == S.port + 37
    again = S.client.get_trafficmanager(S.port + 37)
    assert again.get_port() == S.port + 37
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
    car.set_autopilot(True, S.port + 37)
    tick(100)
    assert car.get_location().distance(began) > 20.0, car.get_location().distance(began)
    near(car.get_velocity().length(), 30 / 3.6, 0.2)  # the map's speed limit
    lane = S.world.get_map().get_waypoint(car.get_location()).transform
    off, right = car.get_location() - lane.location, lane.get_right_vector()
    near(off.x * right.x + off.y * right.y, 0.0, 0.3)
    settings.synchronous_mode = False
    settings.fixed_delta_seconds = None
    S.world.apply_settings(settings)
