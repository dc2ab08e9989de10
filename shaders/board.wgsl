// A panel in the scene: a picture with alpha, neither developed nor hazed.

@group(1) @binding(0) var board_picture: texture_2d<f32>;
@group(1) @binding(1) var board_sampler: sampler;

struct BoardPoint {
    @builtin(position) clip: vec4f,
    @location(0) uv: vec2f,
}

@vertex
fn board_corner(
    which: Which,
    @location(0) corner: vec2f,
    @location(1) middle_m: vec4f,
    @location(2) right_m: vec4f,
    @location(3) up_m: vec4f,
) -> BoardPoint {
    let site_m = middle_m.xyz + right_m.xyz * corner.x + up_m.xyz * corner.y;
    return BoardPoint(frame.clip_from_site[view_of(which)] * vec4f(site_m, 1.0), corner * vec2f(0.5, -0.5) + 0.5);
}

@fragment
fn board_colour(in: BoardPoint) -> @location(0) vec4f {
    return textureSample(board_picture, board_sampler, in.uv);
}
