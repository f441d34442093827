//! [`Snapshot`]: the skills of a server at one moment. Lists, manifests and reads use the same bytes.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;

use crate::component::access::Component;
use crate::component::options::ToolHints;
use crate::component_kind::ComponentKind;
use crate::mcp::{Resource, Skill, SkillFrontmatter, SkillResource, SkillResources};
use crate::normal_uri::NormalUri;
use crate::skill_folder::fault::{SkillFault, SkillProblem};
use crate::skill_folder::frontmatter::Frontmatter;
use crate::skill_folder::limits::SKILL_MD;
use crate::skill_folder::skills::{Skills, ancestors, main_uri, outermost};
use crate::skill_folder::uri;
use crate::skill_folder::walk::Folder;
use crate::skills::content::Content;
use crate::skills::error::SkillErrors;
use crate::skills::source::Source;
use crate::skills::{json, media_type};

/// The skills of a server at one moment.
#[derive(Default)]
pub(crate) struct Snapshot {
    /// All skills, by URI.
    pub(crate) skills: BTreeMap<String, ServedSkill>,
    /// The skills that are in no other one. Rules about callers see only these.
    pub(crate) roots: Vec<Component>,
    /// The files by the key of their URI.
    pub(crate) files: HashMap<String, ServedFile>,
    /// The folders by the key of their URI: those in skills, and those around them.
    pub(crate) folders: HashMap<String, ServedFolder>,
}

/// A skill.
pub(crate) struct ServedSkill {
    /// The entry in `skills/list`.
    pub(crate) entry: Skill,
    /// The entry in `resources/list`.
    pub(crate) resource: Resource,
    /// The index of the outermost skill.
    pub(crate) root: usize,
}

/// A file.
pub(crate) struct ServedFile {
    pub(crate) uri: String,
    pub(crate) content: Content,
    pub(crate) media_type: &'static str,
    pub(crate) digest: String,
    /// The index of the outermost skill.
    pub(crate) root: usize,
    /// The place on disk or in the program, for error messages.
    pub(crate) source: PathBuf,
}

/// A folder.
#[derive(Default)]
pub(crate) struct ServedFolder {
    /// The files and folders directly in it, by URI.
    pub(crate) children: BTreeMap<String, Resource>,
    /// The outermost skills that it belongs to, or contains.
    pub(crate) roots: BTreeSet<usize>,
}

impl Snapshot {
    /// Reads the skills of all sources.
    pub(crate) fn read(sources: &[Source]) -> Result<Self, SkillErrors> {
        let mut snapshot = Self::default();
        let mut faults = Vec::new();
        for source in sources {
            match source.read() {
                Ok((folder, skills)) => snapshot.add(source, folder, &skills, &mut faults),
                Err(errors) => faults.extend(errors),
            }
        }
        if faults.is_empty() {
            Ok(snapshot)
        } else {
            Err(SkillErrors(faults))
        }
    }

    fn add(
        &mut self,
        source: &Source,
        folder: Folder,
        skills: &Skills,
        faults: &mut Vec<SkillFault>,
    ) {
        let Folder { files, folders } = folder;
        let mut roots: HashMap<&str, usize> = HashMap::new();
        for (folder, frontmatter) in outermost(skills) {
            if source.offers(&main_uri(folder)) {
                roots.insert(folder, self.roots.len());
                self.roots.push(component(source, folder, frontmatter));
            }
        }
        let root_of = |path: &str| {
            let mut folders = ancestors(path).chain([path]);
            folders.find_map(|it| roots.get(it)).copied()
        };
        let mut manifests: BTreeMap<&str, Vec<SkillResource>> = BTreeMap::new();
        for file in files {
            let Some(root) = root_of(&file.path) else {
                continue;
            };
            let uri = uri::of_path(&file.path);
            let key = NormalUri::new(&uri).key();
            if let Some(other) = self.files.get(&key) {
                let other = other.source.display().to_string();
                let problem = SkillProblem::DuplicateUri { uri, other };
                faults.push(SkillFault::new(&file.source, problem));
                continue;
            }
            let content = Content::new(file.bytes);
            let digest = content.digest();
            let size = content.bytes().len() as u64;
            for folder in ancestors(&file.path) {
                if let Some((folder, _)) = skills.get_key_value(folder) {
                    let resource = SkillResource::new(&uri, &digest, size);
                    manifests.entry(folder).or_default().push(resource);
                }
            }
            let media_type = content.media_type(&file.path);
            self.add_file_to_folder(&file.path, &uri, media_type, size, skills);
            self.files.insert(
                key,
                ServedFile {
                    uri,
                    content,
                    media_type,
                    digest,
                    root,
                    source: file.source,
                },
            );
        }
        for folder in folders {
            if let Some(root) = root_of(&folder) {
                self.add_folder(&folder, root);
            }
        }
        for (folder, frontmatter) in skills {
            if let (Some(root), Some(manifest)) =
                (root_of(folder), manifests.remove(folder.as_str()))
            {
                let skill = served_skill(folder, frontmatter, manifest, root);
                self.skills.insert(skill.entry.uri.clone(), skill);
            }
        }
    }

    fn add_file_to_folder(
        &mut self,
        path: &str,
        uri: &str,
        media_type: &str,
        size: u64,
        skills: &Skills,
    ) {
        let Some((folder, name)) = path.rsplit_once('/') else {
            return;
        };
        let skill = skills.get(folder).filter(|_| name == SKILL_MD);
        let mut resource = Resource::new(uri, skill.map_or(name, |it| &it.name));
        resource.description = skill.map(|it| it.description.clone());
        resource.mime_type = Some(media_type.to_owned());
        resource.size = Some(size);
        let children = &mut self.folder(folder).children;
        children.insert(uri.to_owned(), resource);
    }

    /// Adds a folder to the one around it, and so on up to the outermost one.
    fn add_folder(&mut self, path: &str, root: usize) {
        self.folder(path).roots.insert(root);
        let Some((parent, name)) = path.rsplit_once('/') else {
            return;
        };
        let uri = uri::of_path(path);
        let mut resource = Resource::new(&uri, name);
        resource.mime_type = Some(media_type::DIRECTORY.to_owned());
        self.folder(parent).children.insert(uri, resource);
        self.add_folder(parent, root);
    }

    fn folder(&mut self, path: &str) -> &mut ServedFolder {
        let key = NormalUri::new(&uri::of_path(path)).key();
        self.folders.entry(key).or_default()
    }
}

fn component(source: &Source, folder: &str, frontmatter: &Frontmatter) -> Component {
    Component {
        kind: ComponentKind::Resource,
        name: Cow::Owned(frontmatter.name.clone()),
        uri: Some(Cow::Owned(main_uri(folder))),
        tags: Cow::Owned(source.tags().to_vec()),
        module: source.location().map_or("", |it| it.module),
        location: source.location(),
        scopes: Cow::Owned(source.scopes().to_vec()),
        hints: ToolHints::NONE,
    }
}

fn served_skill(
    folder: &str,
    frontmatter: &Frontmatter,
    manifest: Vec<SkillResource>,
    root: usize,
) -> ServedSkill {
    let uri = main_uri(folder);
    let size = manifest.iter().find(|it| it.uri == uri).map(|it| it.size);
    let Frontmatter {
        name, description, ..
    } = frontmatter;
    let mut resource = Resource::new(&uri, name);
    resource.description = Some(description.clone());
    resource.mime_type = Some(media_type::MARKDOWN.to_owned());
    resource.size = size;
    let mut fields = json::object(&frontmatter.fields);
    fields.remove("name");
    fields.remove("description");
    let mut entry = SkillFrontmatter::new(name, description);
    entry.extra = fields;
    ServedSkill {
        entry: Skill::new(uri, entry, SkillResources::Files(manifest)),
        resource,
        root,
    }
}
