"""Walkers, their bones, and batches of commands."""

import carla

from .tools import DT, S, at, blueprint, near, spot, step, tick


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
