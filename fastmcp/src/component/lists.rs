//! The lists of components, within the middleware.

use std::sync::Arc;

use futures_util::FutureExt;

use crate::component::dispatch::Dispatcher;
use crate::component::part::Reply;
use crate::component::request_error::RequestError;
use crate::context::request::Context;
#[cfg(feature = "skills")]
use crate::mcp::Skill;
use crate::mcp::{Prompt, Resource, ResourceTemplate, Tool};
#[cfg(feature = "skills")]
use crate::middleware::request::ListSkills;
use crate::middleware::request::{
    ListPrompts, ListResourceTemplates, ListResources, ListTools, RequestKind,
};

/// Declares a method for each list: its request, its items, the name by which they are sorted, and the methods that list
/// the items of the server and of its parts.
macro_rules! lists {
    ($($(#[$attribute:meta])* $method:ident: $request:ident, $item:ident.$name:ident, $own:ident, $of_part:ident, $add:ident;)*) => {
        impl Dispatcher {$(
            $(#[$attribute])*
            pub(crate) async fn $method(
                &self,
                context: Context,
            ) -> Result<Vec<$item>, RequestError> {
                let list = |this: Arc<Self>, request: $request| -> Reply<'static, Vec<$item>> {
                    let context = request.context;
                    async move {
                        let caller = context.caller();
                        let mut items = this.registry.$own(&caller);
                        for part in &this.parts {
                            let listed = part.part.$of_part(context.clone()).await?;
                            this.$add(&caller, part, listed, &mut items);
                        }
                        Ok(items)
                    }
                    .boxed()
                };
                let kind = RequestKind::$request;
                let mut items: Vec<$item> = match self.middleware.around(kind, || None) {
                    None if self.parts.is_empty() => self.registry.$own(&context.caller()),
                    None => match self.this.upgrade() {
                        Some(this) => list(this, $request { context }).await?,
                        None => Vec::new(),
                    },
                    Some(layers) => {
                        let reply = self.around(layers, $request { context }, list).await;
                        self.reply("list", kind.method(), reply, false)?
                    }
                };
                sort(&mut items, |it| &it.$name);
                Ok(items)
            }
        )*}
    };
}

lists! {
    /// Returns the tools that the caller may use.
    list_tools: ListTools, Tool.name, list_tools, list_tools, add_tools;
    /// Returns the resources that the caller may use.
    list_resources: ListResources, Resource.uri, list_resources, list_resources, add_resources;
    /// Returns the resource templates that the caller may use.
    list_resource_templates: ListResourceTemplates, ResourceTemplate.uri_template, list_templates, list_templates, add_templates;
    /// Returns the prompts that the caller may use.
    list_prompts: ListPrompts, Prompt.name, list_prompts, list_prompts, add_prompts;
    /// Returns the skills that the caller may use.
    #[cfg(feature = "skills")]
    list_skills: ListSkills, Skill.uri, list_skills, skills, add_skills;
}

/// Sorts a list, because the cursor of a page is the name of its last item, and middleware and parts may have added
/// items. Of items with the same name, only the first stays: it is the one that a request would find.
fn sort<T>(items: &mut Vec<T>, name: impl Fn(&T) -> &str) {
    if !items.is_sorted_by(|a, b| name(a) <= name(b)) {
        items.sort_by(|a, b| name(a).cmp(name(b)));
    }
    items.dedup_by(|second, first| name(second) == name(first));
}
