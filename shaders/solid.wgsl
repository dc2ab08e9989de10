// Everything that is made of triangles: street, vehicles, people, hands.

@group(0) @binding(1) var shadows: texture_depth_2d;
@group(0) @binding(2) var shadow_test: sampler_comparison;

struct Corner {
    @location(0) position_m: vec3f,
    @location(1) normal: vec3f,
    @location(2) uv_m: vec2f,
    @location(3) surface: u32,
}

struct Copy {
    @location(4) x: vec4f,
    @location(5) y: vec4f,
    @location(6) z: vec4f,
    @location(7) place: vec4f,
    // Colour of paint or clothes; w: height above which clothes have it (below: trousers).
    @location(8) paint: vec4f,
    // Colour of the external light; w: its level.
    @location(9) light: vec4f,
    // x: whether the light sweeps: its level is the share lit; y: brake lights; z: whether halos are drawn.
    @location(10) state: vec4f,
}

struct Point {
    @builtin(position) clip: vec4f,
    @location(0) site_m: vec3f,
    @location(1) normal: vec3f,
    @location(2) uv_m: vec2f,
    @location(3) mesh_m: vec3f,
    @location(4) ray_m: vec3f,
    @location(5) @interpolate(flat) surface: u32,
    @location(6) @interpolate(flat) paint: vec4f,
    @location(7) @interpolate(flat) light: vec4f,
    @location(8) @interpolate(flat) state: vec4f,
    // The polygon's first corner: one number for each window.
    @location(9) @interpolate(flat, first) first_m: vec3f,
}

@vertex
fn solid_corner(which: Which, corner: Corner, copy: Copy) -> Point {
    let site_from_mesh = mat4x4f(copy.x, copy.y, copy.z, copy.place);
    let site_m = (site_from_mesh * vec4f(corner.position_m, 1.0)).xyz;
    let normal = (site_from_mesh * vec4f(corner.normal, 0.0)).xyz;
    let view = view_of(which);
    return Point(
        frame.clip_from_site[view] * vec4f(site_m, 1.0),
        site_m,
        normal,
        corner.uv_m,
        corner.position_m,
        site_m - frame.eye_m[view].xyz,
        corner.surface,
        copy.paint,
        copy.light,
        copy.state,
        corner.position_m,
    );
}

// What there is to this light is known when the shader is made: the sun with its shadows, lamps and headlights.
override SUN: bool = true;
override LAMPS: bool = true;

// Share of the sun that reaches a place: nine comparisons around it, each of four texels.
fn sunlit(site_m: vec3f, normal: vec3f) -> f32 {
    if !SUN {
        return 0.0;
    }
    let at = frame.sun_from_site * vec4f(site_m + normal * 0.045, 1.0);
    let uv = at.xy * vec2f(0.5, -0.5) + 0.5;
    let edge = max(abs(at.x), abs(at.y));
    var sum = 0.0;
    let texel = 1.0 / 2048.0;
    for (var y = -1; y <= 1; y++) {
        for (var x = -1; x <= 1; x++) {
            let there = uv + vec2f(f32(x), f32(y)) * texel;
            sum += textureSampleCompareLevel(shadows, shadow_test, there, at.z - 0.0002);
        }
    }
    return mix(sum / 9.0, 1.0, smoothstep(0.9, 1.0, edge));
}

// Light of lamps and headlights on a surface.
fn lamplight(site_m: vec3f, normal: vec3f) -> vec3f {
    var sum = vec3f(0.0);
    if !LAMPS {
        return sum;
    }
    for (var i = 0u; i < u32(frame.rest.y); i++) {
        let to = frame.lamps[i].xyz - site_m;
        let far2 = dot(to, to) + 0.5;
        let direction = to * inverseSqrt(far2);
        // Lamps shine down, a little to the sides.
        let down = smoothstep(0.0, 0.5, direction.z);
        sum += vec3f(1.0, 0.78, 0.52) * frame.lamps[i].w * max(dot(normal, direction), 0.0) * down / far2;
    }
    for (var i = 0u; i < u32(frame.rest.z); i++) {
        let to = frame.beams[i].xyz - site_m;
        let far2 = dot(to, to) + 1.0;
        let direction = to * inverseSqrt(far2);
        let along = dot(-direction, frame.beam_directions[i].xyz);
        let cone = smoothstep(0.80, 0.985, along);
        sum += vec3f(1.0, 0.97, 0.92) * frame.beams[i].w * max(dot(normal, direction), 0.0) * cone / far2;
    }
    return sum;
}

fn lit(in: Point, is: Stuff, normal: vec3f) -> vec3f {
    let sun_share = sunlit(in.site_m, normal) * max(dot(normal, frame.sun.xyz), 0.0);
    // With the sun behind clouds its light comes from above and is in `above`.
    let sky_share = 0.5 + 0.5 * normal.z;
    let around = mix(frame.below.rgb, frame.above.rgb, sky_share);
    var light = is.albedo * (frame.sunlight.rgb * sun_share + around + lamplight(in.site_m, normal));
    if is.mirror > 0.0 {
        let to_eye = -normalize(in.ray_m);
        let mirrored = reflect(-to_eye, normal);
        let slant = 1.0 - max(dot(normal, to_eye), 0.0);
        let share = is.mirror + (1.0 - is.mirror) * slant * slant * slant * slant * slant;
        // Below the horizon the ground is mirrored.
        let ground = frame.above.rgb * 0.1 + frame.sunlight.rgb * frame.sun.w * 0.06;
        let seen = mix(ground, sky(mirrored), smoothstep(-0.15, 0.15, mirrored.z));
        light = mix(light, seen, share);
        if is.gloss > 0.0 {
            let spark = pow(max(dot(mirrored, frame.sun.xyz), 0.0), is.gloss) * is.gloss * 0.02;
            light += frame.sunlight.rgb * sun_share * spark * share * 4.0;
        }
    }
    return light;
}

// Light that a surface gives by itself.
fn own_light(in: Point) -> vec3f {
    switch in.surface {
        case LAMP_GLASS: { return vec3f(1.0, 0.80, 0.55) * 0.5 * frame.horizon.w; }
        case BRAKE_LIGHT: {
            let tail = 0.25 * min(frame.glow.w, 1.0);
            return vec3f(1.0, 0.02, 0.02) * (tail + in.state.y * 2.2) / frame.sunlight.w;
        }
        case HEADLIGHT: { return vec3f(1.0, 0.97, 0.92) * 4.0 * frame.glow.w / frame.sunlight.w; }
        case WINDOW: {
            let place = vec2i(floor(vec2f(dot(in.first_m, vec3f(7.0, 3.0, 5.0)), dot(in.first_m, vec3f(2.0, 9.0, 4.0)))));
            let on = step(chance(place), frame.above.w);
            let tone = 0.4 + 0.6 * chance(place + vec2i(5, 11));
            return vec3f(1.0, 0.72, 0.40) * on * tone * 0.5 / frame.sunlight.w;
        }
        default: { return vec3f(0.0); }
    }
}

// Share of the external light at a place of it: all of it at the level, or all that is lit from the car's middle
// outwards. Across the light u runs from -1 at its right end to 1 at its left.
fn bar_level(in: Point) -> f32 {
    if in.state.x > 0.0 {
        return select(0.0, 1.0, abs(in.uv_m.x) < in.light.w);
    }
    return in.light.w;
}

@fragment
fn solid_colour(in: Point) -> @location(0) vec4f {
    let across = fwidth(in.uv_m);
    let normal = normalize(in.normal);
    var paint = in.paint.rgb;
    if in.surface == CLOTH && in.mesh_m.z < in.paint.w {
        paint = vec3f(0.035, 0.045, 0.075);
    }
    let is = stuff(in.surface, in.uv_m, across, paint);
    let light = lit(in, is, normal) + own_light(in);
    let colour = developed(hazed(light, in.ray_m));
    if in.surface == LIGHT_BAR {
        // The concept's own colour as the display shows it: neither developed nor hazed. Alpha 0 keeps halos off it.
        let level = bar_level(in);
        return vec4f(mix(colour, in.light.rgb, level), 1.0 - in.state.z);
    }
    return vec4f(colour, 1.0);
}
