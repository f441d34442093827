//! [`EmbeddedSkills`]: the skills of one `#[skill]`.

use crate::component_kind::ComponentKind;
use crate::registration::Location;
use crate::selection::Descriptor;

/// The skills of one `#[skill]`. Its expansion creates them.
#[doc(hidden)]
pub struct EmbeddedSkills {
    /// The location of the item.
    pub location: Location,
    /// The tags, by which a selection can select the skills.
    pub tags: &'static [&'static str],
    /// The scopes that a caller must have.
    pub scopes: &'static [&'static str],
    /// The names and URIs of the skills that are in no other one.
    pub skills: &'static [(&'static str, &'static str)],
    /// The paths of the files, with slashes, and their contents.
    pub files: &'static [(&'static str, &'static [u8])],
    /// The paths of the folders.
    pub folders: &'static [&'static str],
}

inventory::collect!(EmbeddedSkills);

impl EmbeddedSkills {
    /// Returns the properties by which each of the skills can be selected.
    pub(crate) fn descriptors(&'static self) -> impl Iterator<Item = Descriptor<'static>> {
        self.skills.iter().map(|(name, uri)| Descriptor {
            kind: ComponentKind::Resource,
            name,
            uri: Some(uri),
            tags: self.tags,
            location: self.location,
        })
    }
}
