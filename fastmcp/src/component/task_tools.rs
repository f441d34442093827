//! Finds tools whose calls can be tasks, among those of a server and of the servers that are mounted on it.

use std::sync::Arc;

use crate::caller::Caller;
use crate::component::dispatch::Dispatcher;
use crate::component::tool::ToolEntry;

impl Dispatcher {
    /// Finds a tool of this server or of a mounted one, even if it is hidden, with the server that has it.
    pub(crate) fn locate_tool(&self, name: &str) -> Option<(&Self, &'static ToolEntry)> {
        if let Some(tool) = self.registry.any_tool(name) {
            return Some((self, tool));
        }
        let mut mounts = self.mounts.iter();
        mounts.find_map(|it| it.dispatcher.locate_tool(it.prefix.without(name)?))
    }

    /// As [`locate_tool`](Self::locate_tool), for a tool that the caller may use.
    pub(crate) fn locate_tool_for(
        &self,
        name: &str,
        caller: &Caller,
    ) -> Option<(&Self, &'static ToolEntry)> {
        self.tool_component(name, Some(caller))?;
        self.locate_tool(name)
    }

    /// Finds a tool whose tasks are in the docket of this server.
    pub(crate) fn locate_task_tool(&self, name: &str) -> Option<&'static ToolEntry> {
        if let Some(tool) = self.registry.any_tool(name) {
            return tool.entry.options.task.map(|_| tool);
        }
        let mut mounts = self.mounts.iter().filter(|it| !it.dispatcher.owns_docket);
        mounts.find_map(|it| it.dispatcher.locate_task_tool(it.prefix.without(name)?))
    }

    /// Returns whether the docket of this server may have tasks of tools.
    pub(crate) fn has_task_tools(&self) -> bool {
        let mut mounts = self.mounts.iter().filter(|it| !it.dispatcher.owns_docket);
        self.registry.task_tools().next().is_some()
            || mounts.any(|it| it.dispatcher.has_task_tools())
    }

    /// Returns the servers that have a docket of their own: this one and mounted ones.
    pub(crate) fn docket_owners(self: &Arc<Self>) -> Vec<Arc<Self>> {
        let mut owners = Vec::new();
        if self.owns_docket {
            owners.push(Arc::clone(self));
        }
        for mount in &self.mounts {
            owners.extend(mount.dispatcher.docket_owners());
        }
        owners
    }
}
