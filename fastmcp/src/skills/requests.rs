//! Requests for skills and their folders, within the middleware.

use crate::caller::Caller;
use crate::component::attached::Attached;
use crate::component::dispatch::Dispatcher;
use crate::component::request_error::RequestError;
use crate::context::request::Context;
use crate::mcp::{Resource, Skill};
use crate::middleware::request::RequestKind;
use crate::middleware::skill_request::{DirectoryRead, SkillGet};
use crate::skills::media_type;

pub(crate) fn unknown_skill(uri: &str) -> RequestError {
    RequestError::unknown("skill", uri, [])
}

pub(crate) fn unknown_directory(uri: &str) -> RequestError {
    RequestError::unknown("directory", uri, [])
}

impl Dispatcher {
    /// Returns whether the server or a part of it has skills.
    pub(crate) fn offers_skills(&self) -> bool {
        self.parts.iter().any(|it| it.part.offers_skills())
    }

    /// Adds the skills of a part that this server shows to the caller.
    pub(crate) fn add_skills(
        &self,
        caller: &Caller,
        part: &Attached,
        listed: Vec<Skill>,
        skills: &mut Vec<Skill>,
    ) {
        let listed = listed.into_iter().map(|it| part.outer_skill(it));
        skills.extend(listed.filter(|it| self.part_template(&it.uri, Some(caller)).is_some()));
    }

    /// Returns the entry of the skill whose `SKILL.md` is at `uri`.
    pub(crate) async fn get_skill(
        &self,
        uri: &str,
        context: Context,
    ) -> Result<Skill, RequestError> {
        let caller = context.caller();
        let found = self.part_resource(uri, Some(&caller));
        let found = found.ok_or_else(|| unknown_skill(uri))?;
        let outer = uri.to_owned();
        let get = move |context: Context| {
            let (found, uri) = (found.clone(), outer.clone());
            async move {
                let skill = found.attached.part.skill(found.name, context).await?;
                let skill = skill.map(|it| found.attached.outer_skill(it));
                // An equivalent URI is not the one that a host compares.
                let skill = skill.filter(|it| it.uri == uri);
                skill.ok_or_else(|| unknown_skill(&uri))
            }
        };
        let component = self.resource_component(uri, Some(&caller));
        let component = component.ok_or_else(|| unknown_skill(uri))?;
        let around = || Some(component.clone());
        let Some(layers) = self.middleware.around(RequestKind::SkillGet, around) else {
            return get(context).await;
        };
        let request = SkillGet {
            component,
            uri: uri.to_owned(),
            context,
        };
        let reply = self.around(layers, request, move |_, request| {
            Box::pin(get(request.context))
        });
        self.reply("skill", uri, reply.await, false)
    }

    /// Returns the files and folders that are directly in the folder at `uri`.
    pub(crate) async fn read_directory(
        &self,
        uri: &str,
        context: Context,
    ) -> Result<Vec<Resource>, RequestError> {
        let Some(layers) = self.middleware.around(RequestKind::DirectoryRead, || None) else {
            return self.children(uri, context).await;
        };
        let request = DirectoryRead {
            uri: uri.to_owned(),
            context,
        };
        let reply = self.around(layers, request, |this, request| {
            Box::pin(async move { this.children(&request.uri, request.context).await })
        });
        self.reply("directory", uri, reply.await, false)
    }

    async fn children(&self, uri: &str, context: Context) -> Result<Vec<Resource>, RequestError> {
        let caller = context.caller();
        let mut parts = self.parts.iter().filter_map(|part| {
            let inner = part.inner_uri(uri)?;
            self.shows_folder(part, &inner, &caller)
                .then_some((part, inner))
        });
        let (part, inner) = parts.next().ok_or_else(|| unknown_directory(uri))?;
        let children = part.part.read_folder(inner, context).await?;
        let shown = children.into_iter().filter(|child| {
            if child.mime_type.as_deref() == Some(media_type::DIRECTORY) {
                return self.shows_folder(part, &child.uri, &caller);
            }
            let found = part.part.resource(&child.uri, Some(&caller));
            found.is_some_and(|it| self.registry.shows(&caller, &part.outer(it)))
        });
        let mut children: Vec<Resource> = shown.map(|it| part.outer_resource(it)).collect();
        children.sort_by(|a, b| a.uri.cmp(&b.uri));
        Ok(children)
    }

    /// Returns whether this server shows a skill in the folder, or around it.
    fn shows_folder(&self, part: &Attached, inner: &str, caller: &Caller) -> bool {
        let skills = part.part.folder(inner, Some(caller)).into_iter();
        skills
            .map(|it| part.outer(it))
            .any(|it| self.registry.shows(caller, &it))
    }

    /// Returns the skills that the folder belongs to, or contains.
    pub(crate) fn folder_skills(
        &self,
        uri: &str,
        caller: Option<&Caller>,
    ) -> Vec<crate::component::access::Component> {
        let parts = self.parts.iter().filter_map(|part| {
            let skills = part.part.folder(&part.inner_uri(uri)?, caller);
            Some(skills.into_iter().map(|it| part.outer(it)))
        });
        let shown = parts.flatten();
        shown
            .filter(|it| caller.is_none_or(|caller| self.registry.shows(caller, it)))
            .collect()
    }
}
