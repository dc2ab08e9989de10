//! What things are made of: colour, roughness and grain of each are the shader's (`shaders/surface.wgsl`).

/// What a triangle is made of. The numbers stand in the shader too; a test holds the two together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u32)]
pub enum Surface {
    /// Road surface.
    Asphalt = 0,
    /// White paint on the road.
    Marking = 1,
    /// Kerb stones.
    Kerb = 2,
    /// Paving slabs.
    Pavement = 3,
    /// Grass.
    Grass = 4,
    /// Plastered wall.
    Plaster = 5,
    /// Brick wall.
    Brick = 6,
    /// Window of a building.
    Window = 7,
    /// Roof tiles.
    Roof = 8,
    /// Bark.
    Bark = 9,
    /// Leaves.
    Leaves = 10,
    /// Painted or galvanised metal: lamp posts.
    Metal = 11,
    /// A street lamp's light.
    LampGlass = 12,
    /// Car paint, in the colour of the instance.
    Paint = 13,
    /// Tyre.
    Tyre = 14,
    /// Rim.
    Rim = 15,
    /// Car window.
    CarGlass = 16,
    /// Dark plastic: grille, bumpers' lower edge, the light bar when dark.
    Plastic = 17,
    /// The external light: emissive, in the concept's colour.
    LightBar = 18,
    /// Brake light: emissive red while braking.
    BrakeLight = 19,
    /// Headlight: emissive at dusk and night.
    Headlight = 20,
    /// Skin.
    Skin = 21,
    /// Clothes, in the colour of the instance.
    Cloth = 22,
    /// Hair.
    Hair = 23,
    /// The start mark on the pavement.
    Mark = 24,
    /// Wooden door.
    Wood = 25,
    /// Yellow paint on the road.
    YellowMarking = 26,
}

impl Surface {
    /// Its number in the shader.
    pub const fn code(self) -> u32 {
        self as u32
    }
}
