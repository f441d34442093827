//! The scopes that the components of a server need, for challenges.

use crate::caller::Caller;
use crate::component::registry::Registry;
use crate::component_kind::ComponentKind;
use crate::normal_uri::NormalUri;

impl Registry {
    /// Returns the scopes that a tool needs; none if the caller may not see the tool with any scope.
    pub(crate) fn scopes_of_tool(&self, name: &str, caller: &Caller) -> &'static [&'static str] {
        let tool = self.tools.get(name).filter(|it| {
            self.visibility.shows(ComponentKind::Tool, it.entry.name)
                && self.access.shows(caller, &it.component())
        });
        tool.map_or(&[], |it| it.entry.options.scopes)
    }

    /// Returns the scopes that a prompt needs; none if the caller may not see the prompt with any scope.
    pub(crate) fn scopes_of_prompt(&self, name: &str, caller: &Caller) -> &'static [&'static str] {
        let prompt = self.prompts.get(name).filter(|it| {
            self.visibility.shows(ComponentKind::Prompt, it.entry.name)
                && self.access.shows(caller, &it.component())
        });
        prompt.map_or(&[], |it| it.entry.options.scopes)
    }

    /// Returns the scopes that a resource needs; none if the caller may not see the resource with any scope.
    pub(crate) fn scopes_of_resource(&self, uri: &str, caller: &Caller) -> &'static [&'static str] {
        let resource = self.find(&NormalUri::new(uri), |it| {
            self.visibility.shows(ComponentKind::Resource, it.uri)
                && self.access.shows(caller, &it.component())
        });
        resource.map_or(&[], |(it, _)| it.entry.options.scopes)
    }
}
