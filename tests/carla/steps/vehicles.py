"""Spawning, moving and lighting a car."""

import carla

from .tools import DT, S, at, blueprint, near, spot, step, tick


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
