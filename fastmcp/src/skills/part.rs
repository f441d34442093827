//! Serves skills as a part of a server: their files are resources.

use futures_util::FutureExt;
use futures_util::future::ready;
use serde_json::{Map, Value};

use crate::call::inject::origin::TaskCall;
use crate::caller::Caller;
use crate::component::access::Component;
use crate::component::completion::Completions;
use crate::component::output::tool_result::ToolResult;
use crate::component::part::{CompletionInput, CompletionOf, Part, Reply};
use crate::component::request_error::RequestError;
use crate::component_kind::ComponentKind;
use crate::context::request::Context;
use crate::mcp::{Prompt, Resource, ResourceContents, ResourceTemplate, Skill, Tool};
use crate::middleware::request::PromptResult;
use crate::normal_uri::NormalUri;
use crate::skills::catalog::SkillCatalog;
use crate::skills::requests::unknown_directory;
use crate::skills::snapshot::Snapshot;

fn may_use(caller: Option<&Caller>, component: &Component) -> bool {
    let has_scopes = |caller: &Caller| component.scopes.iter().all(|it| caller.has_scope(it));
    caller.is_none_or(has_scopes)
}

impl Snapshot {
    /// Returns the outermost skill at this index, if the caller has its scopes.
    fn root(&self, index: usize, caller: Option<&Caller>) -> Option<&Component> {
        self.roots.get(index).filter(|it| may_use(caller, it))
    }
}

impl Part for SkillCatalog {
    fn components(&self) -> Vec<Component> {
        self.snapshot().roots.clone()
    }

    fn tool(&self, _: &str, _: Option<&Caller>) -> Option<Component> {
        None
    }

    fn prompt(&self, _: &str, _: Option<&Caller>) -> Option<Component> {
        None
    }

    fn resource(&self, uri: &str, caller: Option<&Caller>) -> Option<Component> {
        let snapshot = self.snapshot();
        let file = snapshot.files.get(&NormalUri::new(uri).key())?;
        snapshot.root(file.root, caller).cloned()
    }

    fn template(&self, uri: &str, caller: Option<&Caller>) -> Option<Component> {
        self.resource(uri, caller)
    }

    fn tools(&self, _: &Caller) -> Vec<Tool> {
        Vec::new()
    }

    fn prompts(&self, _: &Caller) -> Vec<Prompt> {
        Vec::new()
    }

    // Only the main files: a host gets the others from the manifest of the skill, when it needs them.
    fn resources(&self, caller: &Caller) -> Vec<Resource> {
        let snapshot = self.snapshot();
        let skills = snapshot.skills.values();
        let skills = skills.filter(|it| snapshot.root(it.root, Some(caller)).is_some());
        skills.map(|it| it.resource.clone()).collect()
    }

    fn templates(&self, _: &Caller) -> Vec<ResourceTemplate> {
        Vec::new()
    }

    fn listing(&self, _: &str) -> Option<Tool> {
        None
    }

    fn call_tool(
        &self,
        name: String,
        _: Map<String, Value>,
        _: Context,
        _: Option<TaskCall>,
    ) -> Reply<'_, ToolResult> {
        ready(Err(RequestError::unknown("tool", &name, []))).boxed()
    }

    fn read_resource(&self, uri: String, _: Context) -> Reply<'_, Vec<ResourceContents>> {
        let snapshot = self.snapshot();
        let file = snapshot.files.get(&NormalUri::new(&uri).key());
        let contents = file.map(|it| vec![it.content.resource_contents(&uri, it.media_type)]);
        ready(contents.ok_or(RequestError::UnknownResource { uri })).boxed()
    }

    fn get_prompt(
        &self,
        name: String,
        _: Map<String, Value>,
        _: Context,
    ) -> Reply<'_, PromptResult> {
        ready(Err(RequestError::unknown("prompt", &name, []))).boxed()
    }

    fn complete(&self, _: CompletionOf, _: CompletionInput, _: Context) -> Reply<'_, Completions> {
        ready(Ok(Completions::default())).boxed()
    }

    fn skills(&self, context: Context) -> Reply<'_, Vec<Skill>> {
        let caller = context.caller();
        let snapshot = self.snapshot();
        let skills = snapshot.skills.values();
        let skills = skills.filter(|it| snapshot.root(it.root, Some(&caller)).is_some());
        ready(Ok(skills.map(|it| it.entry.clone()).collect())).boxed()
    }

    fn skill(&self, uri: String, _: Context) -> Reply<'_, Option<Skill>> {
        let snapshot = self.snapshot();
        let skill = snapshot.skills.get(&uri).map(|it| it.entry.clone());
        ready(Ok(skill)).boxed()
    }

    fn folder(&self, uri: &str, caller: Option<&Caller>) -> Vec<Component> {
        let snapshot = self.snapshot();
        let folder = snapshot.folders.get(&NormalUri::new(uri).key());
        let roots = folder.into_iter().flat_map(|it| &it.roots);
        let roots = roots.filter_map(|root| snapshot.root(*root, caller));
        roots.cloned().collect()
    }

    fn read_folder(&self, uri: String, _: Context) -> Reply<'_, Vec<Resource>> {
        let snapshot = self.snapshot();
        let folder = snapshot.folders.get(&NormalUri::new(&uri).key());
        let children = folder.map(|it| it.children.values().cloned().collect());
        ready(children.ok_or_else(|| unknown_directory(&uri))).boxed()
    }

    fn offers_skills(&self) -> bool {
        true
    }

    fn offers(&self, kind: ComponentKind) -> bool {
        kind == ComponentKind::Resource
    }

    fn completes(&self) -> bool {
        false
    }
}
