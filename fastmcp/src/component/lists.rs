//! The lists of components, within the middleware.

use std::sync::Arc;

use futures_util::FutureExt;

use crate::component::dispatch::Dispatcher;
use crate::component::request_error::RequestError;
use crate::context::request::Context;
use crate::mcp::{Prompt, Resource, ResourceTemplate, Tool};
use crate::middleware::operation::Operation;
use crate::middleware::request::{
    ListPrompts, ListResourceTemplates, ListResources, ListTools, RequestKind,
};

impl Dispatcher {
    /// Returns the tools that the caller may use.
    pub(crate) async fn list_tools(&self, context: Context) -> Result<Vec<Tool>, RequestError> {
        let list = |this: &Self, context: &Context| this.registry.list_tools(&context.caller());
        let request = |context| ListTools { context };
        let mut tools = self.list(context, request, |it| &it.context, list).await?;
        sort(&mut tools, |it| &it.name);
        Ok(tools)
    }

    /// Returns the resources that the caller may use.
    pub(crate) async fn list_resources(
        &self,
        context: Context,
    ) -> Result<Vec<Resource>, RequestError> {
        let list = |this: &Self, context: &Context| this.registry.list_resources(&context.caller());
        let request = |context| ListResources { context };
        let mut resources = self.list(context, request, |it| &it.context, list).await?;
        sort(&mut resources, |it| &it.uri);
        Ok(resources)
    }

    /// Returns the resource templates that the caller may use.
    pub(crate) async fn list_resource_templates(
        &self,
        context: Context,
    ) -> Result<Vec<ResourceTemplate>, RequestError> {
        let list = |this: &Self, context: &Context| this.registry.list_templates(&context.caller());
        let request = |context| ListResourceTemplates { context };
        let mut templates = self.list(context, request, |it| &it.context, list).await?;
        sort(&mut templates, |it| &it.uri_template);
        Ok(templates)
    }

    /// Returns the prompts that the caller may use.
    pub(crate) async fn list_prompts(&self, context: Context) -> Result<Vec<Prompt>, RequestError> {
        let list = |this: &Self, context: &Context| this.registry.list_prompts(&context.caller());
        let request = |context| ListPrompts { context };
        let mut prompts = self.list(context, request, |it| &it.context, list).await?;
        sort(&mut prompts, |it| &it.name);
        Ok(prompts)
    }

    async fn list<R, T>(
        &self,
        context: Context,
        request: fn(Context) -> R,
        context_of: fn(&R) -> &Context,
        list: fn(&Self, &Context) -> Vec<T>,
    ) -> Result<Vec<T>, RequestError>
    where
        R: Operation<Answer = Vec<T>>,
        T: Send + 'static,
    {
        let layers = R::KIND.and_then(|kind| self.middleware.around(kind, || None));
        let Some(layers) = layers else {
            return Ok(list(self, &context));
        };
        let end = move |this: Arc<Self>, request: R| {
            let items = list(&this, context_of(&request));
            std::future::ready(Ok(items)).boxed()
        };
        let method = R::KIND.map_or("list", RequestKind::method);
        let reply = self.around(layers, request(context), end).await;
        self.reply("list", method, reply, false)
    }
}

/// Sorts a list, because the cursor of a page is the name of its last item, and middleware may have added items.
fn sort<T>(items: &mut [T], name: impl Fn(&T) -> &str) {
    if !items.is_sorted_by(|a, b| name(a) <= name(b)) {
        items.sort_by(|a, b| name(a).cmp(name(b)));
    }
}
