//! The requests for skills and their folders (SEP-2640), as the protocol library has them.

use rmcp::ErrorData;
use rmcp::model::{
    GetSkillRequestParams, GetSkillResult, ListResourcesResult, ListSkillsResult,
    PaginatedRequestParams, ReadResourceDirectoryRequestParams,
};

use crate::protocol::connection::{Connection, RequestContext, Response};
use crate::protocol::convert::request_error_data;
use crate::protocol::pagination::page;
use crate::protocol::request::unless_cancelled;

/// The largest number of skills in one page. The manifest of one skill has up to 512 files.
const MAX_SKILLS: usize = 100;

impl Connection {
    pub(crate) async fn skills(
        &self,
        request: Option<PaginatedRequestParams>,
        mut context: RequestContext,
    ) -> Response<ListSkillsResult> {
        let live = self.context(&mut context, None);
        let skills = self.server.dispatcher.list_skills(live);
        let skills = unless_cancelled(context, skills)
            .await?
            .map_err(request_error_data)?;
        let cursor = request.and_then(|request| request.cursor);
        let size = self.server.page_size.unwrap_or(MAX_SKILLS).min(MAX_SKILLS);
        let paged = page(skills, |it| &it.uri, cursor.as_deref(), Some(size));
        let (skills, next) =
            paged.map_err(|_| ErrorData::invalid_params("invalid cursor", None))?;
        let mut result = ListSkillsResult::with_all_items(skills);
        result.next_cursor = next;
        if let Some((milliseconds, scope)) = self.server.cache {
            result.ttl_ms = Some(milliseconds);
            result.cache_scope = Some(scope);
        }
        Ok(result)
    }

    pub(crate) async fn skill(
        &self,
        request: GetSkillRequestParams,
        mut context: RequestContext,
    ) -> Response<GetSkillResult> {
        let live = self.context(&mut context, None);
        let skill = self.server.dispatcher.get_skill(&request.uri, live);
        let skill = unless_cancelled(context, skill)
            .await?
            .map_err(request_error_data)?;
        let mut result = GetSkillResult::new(skill);
        if let Some((milliseconds, scope)) = self.server.cache {
            result.ttl_ms = Some(milliseconds);
            result.cache_scope = Some(scope);
        }
        Ok(result)
    }

    pub(crate) async fn directory(
        &self,
        request: ReadResourceDirectoryRequestParams,
        mut context: RequestContext,
    ) -> Response<ListResourcesResult> {
        let live = self.context(&mut context, None);
        let children = self.server.dispatcher.read_directory(&request.uri, live);
        let children = unless_cancelled(context, children)
            .await?
            .map_err(request_error_data)?;
        let mut params = PaginatedRequestParams::default();
        params.cursor = request.cursor;
        let (children, next) = self.server.page(children, |it| &it.uri, Some(params))?;
        let mut result = ListResourcesResult::with_all_items(children);
        result.next_cursor = next;
        if let Some((milliseconds, scope)) = self.server.cache {
            result.ttl_ms = Some(milliseconds);
            result.cache_scope = Some(scope);
        }
        Ok(result)
    }
}
