// The sky, haze, and how light becomes a colour of the picture.

// Light of the sky from a direction (of unit length). Below the horizon it is the horizon's: where the ground ends, it
// melts into the haze.
fn sky(direction: vec3f) -> vec3f {
    let up = max(direction.z, 0.0);
    let base = mix(frame.horizon.rgb, frame.zenith.rgb, sqrt(up));
    let towards = max(dot(direction, frame.sun.xyz), 0.0);
    let low = exp(-5.0 * up) * pow(towards, 3.0);
    let high = 0.25 * pow(towards, 64.0);
    return base + frame.glow.rgb * (low + high);
}

// A fixed curve, so that the same light is the same colour in every trial: v = 1 - exp(-light x exposure), each channel
// by itself, as film answers to light; then a third of the way to the S-curve v v (3 - 2 v), for contrast. Nothing
// adapts.
fn developed(light: vec3f) -> vec3f {
    let v = vec3f(1.0) - exp(-light * frame.sunlight.w);
    return mix(v, v * v * (3.0 - 2.0 * v), 0.33);
}

// What haze leaves of the light of something that far away in that direction.
fn hazed(light: vec3f, ray_m: vec3f) -> vec3f {
    let kept = exp(-length(ray_m) * frame.zenith.w);
    let level = normalize(vec3f(ray_m.xy, max(ray_m.z, 0.0) + 1e-4));
    return mix(sky(level), light, kept);
}

struct Wide {
    @builtin(position) clip: vec4f,
    @location(0) ray: vec3f,
    @location(1) @interpolate(flat) view: u32,
}

// The whole picture, infinitely far away.
fn wide(view: u32, corner: vec2f) -> Wide {
    let x = corner.x;
    let y = corner.y;
    return Wide(vec4f(x, y, 0.0, 1.0), (frame.ray_from_picture[view] * vec4f(x, y, 1.0, 0.0)).xyz, view);
}

@vertex
fn sky_corner(which: Which, @location(0) corner: vec2f) -> Wide {
    return wide(view_of(which), corner);
}

@fragment
fn sky_colour(in: Wide) -> @location(0) vec4f {
    let direction = normalize(in.ray);
    // The sun's disc, 0.27 degrees from its middle, drawn a little larger and soft.
    let disc = smoothstep(0.99993, 0.99997, dot(direction, frame.sun.xyz)) * frame.sun.w;
    return vec4f(developed(sky(direction) + frame.sunlight.rgb * disc * 20.0), 1.0);
}
