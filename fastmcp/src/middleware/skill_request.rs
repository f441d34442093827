//! The requests for skills and their folders that middleware wraps.

use crate::caller::Caller;
use crate::component::access::Component;
use crate::context::request::Context;
use crate::mcp::Implementation;

/// The methods that every request has.
macro_rules! common_methods {
    ($request:ident) => {
        impl $request {
            /// Returns the live request, for example to report progress or to ask the user.
            pub fn context(&self) -> &Context {
                &self.context
            }

            /// Returns the caller.
            pub fn caller(&self) -> Caller {
                self.context.caller()
            }

            /// Returns the client's name and version, if the client sent them.
            pub fn client(&self) -> Option<&Implementation> {
                self.context.client_info()
            }
        }
    };
}

/// A request for the entry of a skill: its frontmatter, and the digests of its files. The answer is a
/// [`Skill`](crate::mcp::Skill). Its files are read as [resources](crate::middleware::ResourceRead).
#[derive(Clone)]
pub struct SkillGet {
    pub(crate) component: Component,
    pub(crate) uri: String,
    pub(crate) context: Context,
}

impl SkillGet {
    /// Returns the skill, or the one that contains it.
    pub fn component(&self) -> &Component {
        &self.component
    }

    /// Returns the URI of the `SKILL.md`, as the client sent it.
    pub fn uri(&self) -> &str {
        &self.uri
    }
}

/// A request for the files and folders that are directly in a folder of a skill. The answer is their listings, before
/// they are divided into pages.
#[derive(Clone)]
pub struct DirectoryRead {
    pub(crate) uri: String,
    pub(crate) context: Context,
}

impl DirectoryRead {
    /// Returns the URI of the folder, as the client sent it.
    pub fn uri(&self) -> &str {
        &self.uri
    }
}

common_methods!(SkillGet);
common_methods!(DirectoryRead);
