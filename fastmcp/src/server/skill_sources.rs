//! Reads the skills of a server before it starts.

use std::collections::HashMap;
use std::sync::Arc;

use crate::component::registry::{MountedComponents, Registry};
use crate::component_kind::ComponentKind;
use crate::normal_uri::{NormalUri, template_key};
use crate::server::error::StartErrors;
use crate::server::options::ServerOptions;
use crate::skills::catalog::SkillCatalog;
use crate::skills::error::SkillErrors;
use crate::skills::source::Source;

/// Reads the skills of a server; `None` if it has none, or if they have mistakes, which are added to `errors`.
pub(crate) fn gather(
    options: &mut ServerOptions,
    mounted: &MountedComponents,
    registry: &Registry,
    errors: &mut StartErrors,
) -> Option<Arc<SkillCatalog>> {
    let mut sources = Source::embedded(options.selection.as_ref(), mounted);
    let directories = std::mem::take(&mut options.skills).into_iter();
    sources.extend(directories.map(Source::Directory));
    if sources.is_empty() {
        return None;
    }
    let resources = registry
        .components()
        .filter(|it| it.kind == ComponentKind::Resource);
    let resources: HashMap<String, String> = resources
        .filter_map(|it| {
            let location = it.location.map_or_else(String::new, |it| it.to_string());
            let place = format!("the resource `{}` ({location})", it.name());
            Some((template_key(it.uri()?), place))
        })
        .collect();
    let taken = move |uri: &str| resources.get(&NormalUri::new(uri).key()).cloned();
    match SkillCatalog::read(sources, Box::new(taken)) {
        Ok(catalog) => Some(Arc::new(catalog)),
        Err(SkillErrors(faults)) => {
            errors.extend(faults.into_iter().map(Box::new));
            None
        }
    }
}
