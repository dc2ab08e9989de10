//! Actors, what they can be made of, and how they send what they see.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::BoundingBox;
use crate::carla::values::{Bytes, wire, wire_choice};
use crate::carla::wire::{Malformed, Reader, Wire, Writer};

/// The number of an actor; 0 is none.
pub type ActorId = u32;

/// What an attribute's text means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttributeKind {
    /// `True` or `False`.
    Bool,
    /// A whole number.
    Int,
    /// A number.
    Float,
    /// A text.
    String,
    /// `255,0,0`
    Color,
}
wire_choice!(AttributeKind, "kind of attribute" { Bool = 1, Int = 2, Float = 3, String = 4, Color = 5 });

/// An attribute of an actor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActorAttributeValue {
    /// Its name: `role_name`.
    pub id: String,
    /// What its text means.
    pub kind: AttributeKind,
    /// Its text.
    pub value: String,
}
wire!(ActorAttributeValue { id, kind, value });

/// An attribute that actors of a kind have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActorAttribute {
    /// Its name.
    pub id: String,
    /// What its text means.
    pub kind: AttributeKind,
    /// Its text, where nobody says otherwise.
    pub value: String,
    /// Texts to choose from.
    pub recommended: Vec<String>,
    /// Whether it can be chosen.
    pub is_modifiable: bool,
    /// Whether only recommended texts can be.
    pub only_recommended: bool,
}
wire!(ActorAttribute { id, kind, value, recommended, is_modifiable, only_recommended });

/// A kind of actor: a blueprint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActorDefinition {
    /// Its number in this server.
    pub uid: u32,
    /// Its name: `vehicle.tesla.model3`.
    pub id: String,
    /// `vehicle,tesla,model3`
    pub tags: String,
    /// What can be chosen.
    pub attributes: Vec<ActorAttribute>,
}
wire!(ActorDefinition { uid, id, tags, attributes });

impl ActorDefinition {
    /// What to ask for: every attribute as it stands in the blueprint, except those `chosen` by name. Names the
    /// blueprint does not have are left out and returned.
    pub fn describe(&self, chosen: &[(&str, &str)]) -> (ActorDescription, Vec<String>) {
        let value = |attribute: &ActorAttribute| {
            let own = chosen.iter().find(|(id, _)| *id == attribute.id);
            own.map_or_else(|| attribute.value.clone(), |(_, value)| (*value).to_owned())
        };
        let attributes = self
            .attributes
            .iter()
            .map(|a| ActorAttributeValue { id: a.id.clone(), kind: a.kind, value: value(a) })
            .collect();
        let unknown = chosen.iter().filter(|(id, _)| !self.attributes.iter().any(|a| a.id == *id));
        let unknown = unknown.map(|(id, _)| (*id).to_owned()).collect();
        (ActorDescription { uid: self.uid, id: self.id.clone(), attributes }, unknown)
    }
}

/// What an actor is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActorDescription {
    /// The number of its blueprint.
    pub uid: u32,
    /// The name of its blueprint.
    pub id: String,
    /// Its attributes, in any order.
    pub attributes: Vec<ActorAttributeValue>,
}
wire!(ActorDescription { uid, id, attributes });

/// An actor that is there.
#[derive(Debug, Clone, PartialEq)]
pub struct Actor {
    /// Its number.
    pub id: ActorId,
    /// To whom it is attached.
    pub parent: Option<ActorId>,
    /// What it is made of.
    pub description: ActorDescription,
    /// Its box, relative to it.
    pub bounding_box: BoundingBox,
    /// What segmenting cameras see in it: 12 pedestrian, 14 car and so on.
    pub semantic_tags: Vec<u8>,
    /// Where it sends what it sees; sensors only.
    pub stream: Option<StreamToken>,
}

impl Wire for Actor {
    fn write(&self, to: &mut Writer) {
        to.array(6);
        self.id.write(to);
        self.parent.unwrap_or(0).write(to);
        self.description.write(to);
        self.bounding_box.write(to);
        Bytes(self.semantic_tags.clone()).write(to);
        Bytes(self.stream.map_or_else(Vec::new, |token| token.to_bytes().to_vec())).write(to);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        from.structure("Actor", 6, |from, _| {
            let id = ActorId::read(from).map_err(|e| e.within("Actor", "id"))?;
            let parent = ActorId::read(from).map_err(|e| e.within("Actor", "parent"))?;
            let description = ActorDescription::read(from).map_err(|e| e.within("Actor", "description"))?;
            let bounding_box = BoundingBox::read(from).map_err(|e| e.within("Actor", "bounding_box"))?;
            let Bytes(semantic_tags) = Bytes::read(from).map_err(|e| e.within("Actor", "semantic_tags"))?;
            let here = from.clone();
            let Bytes(stream) = Bytes::read(from).map_err(|e| e.within("Actor", "stream"))?;
            let stream = if stream.is_empty() { None } else { Some(StreamToken::from_bytes(&stream, &here)?) };
            let parent = Some(parent).filter(|id| *id != 0);
            Ok((Self { id, parent, description, bounding_box, semantic_tags, stream }, 6))
        })
    }
}

/// Where a stream can be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamToken {
    /// The number of the stream; 1 is the world's.
    pub stream: u32,
    /// The TCP port.
    pub port: u16,
    /// The host; normally none: that of the calls.
    pub address: Option<IpAddr>,
}

impl StreamToken {
    const TCP: u8 = 1;

    /// As the 24 bytes that stand in an actor.
    pub fn to_bytes(self) -> [u8; 24] {
        let mut bytes = [0; 24];
        bytes[..4].copy_from_slice(&self.stream.to_le_bytes());
        bytes[4..6].copy_from_slice(&self.port.to_le_bytes());
        bytes[6] = Self::TCP;
        match self.address {
            None => {}
            Some(IpAddr::V4(address)) => {
                bytes[7] = 1;
                bytes[8..12].copy_from_slice(&address.octets());
            }
            Some(IpAddr::V6(address)) => {
                bytes[7] = 2;
                bytes[8..].copy_from_slice(&address.octets());
            }
        }
        bytes
    }

    fn from_bytes(bytes: &[u8], at: &Reader<'_>) -> Result<Self, Malformed> {
        let bytes: &[u8; 24] = bytes
            .try_into()
            .map_err(|_| at.wrong(format!("a stream's token has {} bytes instead of 24", bytes.len())))?;
        let [s0, s1, s2, s3, p0, p1, protocol, kind, address @ ..] = *bytes;
        // A stream that nobody has asked for yet may have no protocol.
        if protocol > Self::TCP {
            return Err(at.wrong(format!("streams over protocol {protocol} are not known, only TCP")));
        }
        let [a0, a1, a2, a3, ..] = address;
        let address = match kind {
            0 => None,
            1 => Some(IpAddr::V4(Ipv4Addr::new(a0, a1, a2, a3))),
            2 => Some(IpAddr::V6(Ipv6Addr::from(address))),
            other => return Err(at.wrong(format!("{other} is no kind of address"))),
        };
        Ok(Self { stream: u32::from_le_bytes([s0, s1, s2, s3]), port: u16::from_le_bytes([p0, p1]), address })
    }
}

/// By itself a token is an array of one.
impl Wire for StreamToken {
    fn write(&self, to: &mut Writer) {
        to.array(1);
        Bytes(self.to_bytes().to_vec()).write(to);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        from.structure("StreamToken", 1, |from, _| {
            let here = from.clone();
            let Bytes(bytes) = Bytes::read(from)?;
            Ok((Self::from_bytes(&bytes, &here)?, 1))
        })
    }
}

/// How an actor hangs on its parent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AttachmentType {
    /// Fixed.
    #[default]
    Rigid,
    /// With a spring, for films; stops before walls.
    SpringArm,
    /// With a spring, through walls.
    SpringArmGhost,
}
wire_choice!(AttachmentType, "way of attaching" { Rigid = 0, SpringArm = 1, SpringArmGhost = 2 });

/// The number of the world's own stream.
pub const WORLD_STREAM: u32 = 1;
