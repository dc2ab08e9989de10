// What the sun sees.

@vertex
fn shadow_corner(
    @location(0) position_m: vec3f,
    @location(4) x: vec4f,
    @location(5) y: vec4f,
    @location(6) z: vec4f,
    @location(7) place: vec4f,
) -> @builtin(position) vec4f {
    return frame.sun_from_site * mat4x4f(x, y, z, place) * vec4f(position_m, 1.0);
}
