//! [`Source`]: the places from which a server takes its skills.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::component_kind::ComponentKind;
use crate::registration::Location;
use crate::selection::{Descriptor, Selection};
use crate::skill_folder::fault::SkillFault;
use crate::skill_folder::skills::{self, Skills};
use crate::skill_folder::walk::{Folder, FolderFile};
use crate::skills::directory::SkillDirectory;
use crate::skills::embedded::EmbeddedSkills;

/// A place from which a server takes skills.
#[derive(Clone)]
pub(crate) enum Source {
    Directory(SkillDirectory),
    /// The skills of a `#[skill]`, and the URIs of those that the server selects.
    Embedded(&'static EmbeddedSkills, HashSet<&'static str>),
}

impl Source {
    /// Returns the embedded skills of a server, as for its other components: those that its selection matches, or
    /// without a selection all but those of `mounted` servers.
    pub(crate) fn embedded(
        selection: Option<&Selection>,
        mounted: &HashSet<(ComponentKind, Location)>,
    ) -> Vec<Self> {
        let is_selected = |component: &Descriptor<'_>| match selection {
            Some(selection) => selection.matches(component),
            None => !mounted.contains(&(component.kind, component.location)),
        };
        let mut all: Vec<_> = inventory::iter::<EmbeddedSkills>().collect();
        all.sort_by_key(|it| it.location);
        let selected = all.into_iter().filter_map(|skills| {
            let components = skills.descriptors().filter(is_selected);
            let uris: HashSet<_> = components.filter_map(|it| it.uri).collect();
            (!uris.is_empty()).then_some(Self::Embedded(skills, uris))
        });
        selected.collect()
    }

    /// Reads the files.
    pub(crate) fn read(&self) -> Result<(Folder, Skills), Vec<SkillFault>> {
        match self {
            Self::Directory(directory) => skills::read(&directory.path),
            Self::Embedded(embedded, _) => {
                let folder = embedded_folder(embedded);
                let skills = skills::skills(&folder)?;
                Ok((folder, skills))
            }
        }
    }

    /// Returns whether the server offers the outermost skill at this URI.
    pub(crate) fn offers(&self, uri: &str) -> bool {
        match self {
            Self::Directory(_) => true,
            Self::Embedded(_, uris) => uris.contains(uri),
        }
    }

    /// Returns the directory and the time between two looks at it, if it is watched.
    pub(crate) fn watched(&self) -> Option<(&Path, Duration)> {
        match self {
            Self::Directory(directory) => Some((&directory.path, directory.watch?)),
            Self::Embedded(..) => None,
        }
    }

    pub(crate) fn tags(&self) -> &[&'static str] {
        match self {
            Self::Directory(directory) => &directory.tags,
            Self::Embedded(skills, _) => skills.tags,
        }
    }

    pub(crate) fn scopes(&self) -> &[&'static str] {
        match self {
            Self::Directory(directory) => &directory.scopes,
            Self::Embedded(skills, _) => skills.scopes,
        }
    }

    pub(crate) fn location(&self) -> Option<Location> {
        match self {
            Self::Directory(_) => None,
            Self::Embedded(skills, _) => Some(skills.location),
        }
    }
}

fn embedded_folder(skills: &EmbeddedSkills) -> Folder {
    let at = PathBuf::from(skills.location.to_string());
    let files = skills.files.iter().map(|(path, bytes)| FolderFile {
        path: (*path).to_owned(),
        source: at.join(path),
        bytes: bytes.to_vec(),
    });
    Folder {
        files: files.collect(),
        folders: skills.folders.iter().map(|it| (*it).to_owned()).collect(),
    }
}
