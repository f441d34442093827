//! A validated `#[skill]`.

use std::path::{Path, PathBuf};

use proc_macro2::{Span, TokenStream};
use syn::spanned::Spanned;
use syn::{Fields, Item, ItemStruct, LitStr};

use crate::errors::Errors;
use crate::model::metadata::{scopes, words};
use crate::parse::options::Options;
use crate::parse::options::owner::Owner;
use crate::skill_folder::fault::SkillFault;
use crate::skill_folder::skills::{self, main_uri, outermost};

/// The folder of the skills of a crate, if an attribute names no other.
const FOLDER: &str = "skills";

/// A struct with `#[skill]`.
pub(crate) struct Skill {
    /// The path of the `fastmcp` crate.
    pub(crate) root: syn::Path,
    pub(crate) item: ItemStruct,
    pub(crate) tags: Vec<LitStr>,
    pub(crate) scopes: Vec<LitStr>,
    /// The names and URIs of the skills that are in no other one.
    pub(crate) skills: Vec<(String, String)>,
    pub(crate) files: Vec<File>,
    /// The paths of the folders.
    pub(crate) folders: Vec<String>,
}

/// A file that the program embeds.
pub(crate) struct File {
    /// The path in the URI, with slashes.
    pub(crate) path: String,
    /// The path on disk, absolute or below the directory of the crate's manifest.
    pub(crate) source: PathBuf,
}

impl Skill {
    /// Reads the folder that the attribute names. `manifest` is the directory of the crate's manifest.
    pub(crate) fn new(
        attribute: TokenStream,
        item: TokenStream,
        manifest: &Path,
    ) -> Result<Self, Errors> {
        let mut errors = Errors::default();
        let mut options = Options::parse(Owner::Skill, attribute, &mut errors);
        let root = options.path("crate", &mut errors);
        let path = options.text("path", &mut errors);
        let tags = words("tag", "tags", &mut options, &mut errors);
        let scopes = scopes(&mut options, &mut errors);
        let item = match unit_struct(item) {
            Ok(item) => item,
            Err(error) => {
                errors.push(error);
                return Err(errors);
            }
        };
        if !errors.is_empty() {
            return Err(errors);
        }
        let (path, span) = match path {
            Some(path) => (PathBuf::from(path.value()), path.span()),
            None => (default_folder(&item), item.ident.span()),
        };
        let (folder, skills) = skills::read(&manifest.join(&path)).map_err(|faults| {
            let mut errors = Errors::default();
            refuse(faults, manifest, span, &mut errors);
            errors
        })?;
        let outermost = outermost(&skills);
        let skills = outermost.map(|(folder, skill)| (skill.name.clone(), main_uri(folder)));
        let files = folder.files.into_iter().map(|file| File {
            source: below(manifest, &file.source),
            path: file.path,
        });
        Ok(Self {
            root: root.unwrap_or_else(|| syn::parse_quote!(::fastmcp)),
            item,
            tags,
            scopes,
            skills: skills.collect(),
            files: files.collect(),
            folders: folder.folders,
        })
    }
}

fn unit_struct(item: TokenStream) -> syn::Result<ItemStruct> {
    const FORM: &str = "`#[skill]` belongs on a struct without fields that names the skill: write `#[skill] struct \
                        Refunds;` for the folder `skills/refunds`, or `#[skill(path = \"docs/refunds\")] struct Refunds;`";
    match syn::parse2::<Item>(item)? {
        Item::Struct(item) if matches!(item.fields, Fields::Unit) => Ok(item),
        Item::Struct(item) => Err(syn::Error::new(item.fields.span(), FORM)),
        Item::Fn(item) => Err(syn::Error::new_spanned(item.sig, FORM)),
        other => Err(syn::Error::new_spanned(other, FORM)),
    }
}

/// Returns `skills/refund-orders` for `struct RefundOrders;`.
fn default_folder(item: &ItemStruct) -> PathBuf {
    let ident = item.ident.to_string();
    let mut name = String::new();
    for letter in ident.trim_start_matches("r#").chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('-');
        }
        match letter {
            '_' => name.push('-'),
            letter => name.extend(letter.to_lowercase()),
        }
    }
    Path::new(FOLDER).join(name)
}

/// Adds an error for each fault. Its text names the file below the directory of the manifest, and the line.
fn refuse(faults: Vec<SkillFault>, manifest: &Path, span: Span, errors: &mut Errors) {
    for mut fault in faults {
        fault.path = below(manifest, &fault.path);
        errors.span(span, fault);
    }
}

/// Returns the path without the directory of the manifest.
fn below(manifest: &Path, path: &Path) -> PathBuf {
    path.strip_prefix(manifest).unwrap_or(path).to_owned()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use quote::quote;

    use super::*;

    /// Returns the errors about a skill in `skills/refund-orders`, for `struct RefundOrders;`.
    fn errors(text: &str) -> String {
        let name = format!("fastmcp-macros-{}", std::process::id());
        let manifest = std::env::temp_dir().join(name);
        let folder = manifest.join("skills/refund-orders");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("SKILL.md"), text).unwrap();
        let item = quote!(
            struct RefundOrders;
        );
        let skill = Skill::new(TokenStream::new(), item, &manifest);
        fs::remove_dir_all(manifest).unwrap();
        match skill {
            Ok(skill) => {
                assert_eq!(
                    skill.files[0].source,
                    Path::new("skills/refund-orders/SKILL.md")
                );
                String::new()
            }
            Err(errors) => errors.into_tokens().to_string(),
        }
    }

    #[test]
    fn a_mistake_in_a_skill_is_an_error_that_names_the_file_and_the_line() {
        let valid = "---\nname: refund-orders\ndescription: How to refund\n---\n";
        assert_eq!(errors(valid), "");
        for (text, expected) in [
            ("", "skills/refund-orders/SKILL.md:1: no frontmatter"),
            (
                "---\nname: refund-orders\n---\n",
                "skills/refund-orders/SKILL.md:1: the frontmatter has no field `description`; add it",
            ),
            (
                "---\nname: other\ndescription: d\n---\n",
                "skills/refund-orders/SKILL.md:2: the skill is named `other`",
            ),
            (
                "---\nname: refund-orders\ndescription: d\nmetadata:\n  version: 1.0\n---\n",
                "skills/refund-orders/SKILL.md:5: `metadata.version` is a number",
            ),
        ] {
            let errors = errors(text);
            assert!(errors.contains(expected), "{errors}");
        }
    }
}
