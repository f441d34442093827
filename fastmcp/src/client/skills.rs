//! The skills of a server, and their files, whose bytes are compared with the manifest.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use rmcp::model::{GetSkillResult, SkillIntegrityError};
use serde_json::{Value, json};

use crate::client::error::{ClientError, connection_error};
use crate::client::handle::Client;
use crate::client::skill_mismatch::SkillMismatch;
use crate::mcp::{Resource, ResourceContents, Skill, SkillResources};
use crate::skill_folder::frontmatter::Frontmatter;

/// Skills (SEP-2640).
impl Client {
    /// Returns the server's skills.
    ///
    /// ```standalone_crate
    /// use fastmcp::FastMcp;
    /// use fastmcp::client::Client;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> fastmcp::Result<()> {
    /// # let directory = std::env::temp_dir().join(format!("fastmcp-client-{}", std::process::id()));
    /// # std::fs::create_dir_all(directory.join("refunds"))?;
    /// # let text = "---\nname: refunds\ndescription: How to refund an order\n---\n# Refunds\n";
    /// # std::fs::write(directory.join("refunds/SKILL.md"), text)?;
    /// let server = FastMcp::new("shop").skills(directory.as_path()).start().await?;
    /// let client = Client::connect(&server).await?;
    /// let skills = client.list_skills().await?;
    /// assert_eq!(skills[0].name(), "refunds");
    /// let main = client.read_skill_file(&skills[0], &skills[0].uri).await?;
    /// assert!(main.ends_with(b"# Refunds\n"));
    /// # std::fs::remove_dir_all(directory)?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ClientError::Refused`] if the server has no skills.
    pub fn list_skills(&self) -> BoxFuture<'_, Result<Vec<Skill>, ClientError>> {
        self.list("skills/list", "skills").boxed()
    }

    /// Returns the skill whose `SKILL.md` is at `uri`, also if the server does not list it.
    ///
    /// # Errors
    ///
    /// [`ClientError::Refused`] if the skill is unknown.
    pub fn get_skill(&self, uri: &str) -> BoxFuture<'_, Result<Skill, ClientError>> {
        let params = json!({ "uri": uri });
        async move {
            let result: GetSkillResult = self.request("skills/get", params).await?;
            Ok(result.skill)
        }
        .boxed()
    }

    /// Returns the files and folders that are directly in a folder of a skill. Those with the MIME type
    /// `inode/directory` are folders.
    ///
    /// # Errors
    ///
    /// [`ClientError::Refused`] if `uri` is no folder, or the server does not list folders.
    pub fn read_directory(&self, uri: &str) -> BoxFuture<'_, Result<Vec<Resource>, ClientError>> {
        let params = json!({ "uri": uri });
        self.list_with("resources/directory/read", params, "resources")
            .boxed()
    }

    /// Reads a file of a skill, and compares its size and its digest with the manifest; of the `SKILL.md`, the
    /// frontmatter too.
    ///
    /// The comparison shows that the server is consistent, and not that it can be trusted.
    ///
    /// # Errors
    ///
    /// [`ClientError::Skill`] if the file is not the one of the manifest, and [`ClientError::Refused`] if the server
    /// does not have it.
    pub fn read_skill_file<'a>(
        &'a self,
        skill: &'a Skill,
        uri: &'a str,
    ) -> BoxFuture<'a, Result<Vec<u8>, ClientError>> {
        async move {
            let mismatch = |reason| ClientError::Skill {
                uri: uri.to_owned(),
                reason,
            };
            let SkillResources::Files(files) = &skill.resources else {
                return Err(mismatch(SkillMismatch::Unlisted));
            };
            let listed = files.iter().find(|it| it.uri == uri);
            let listed = listed.ok_or_else(|| mismatch(SkillMismatch::Unlisted))?;
            let contents = self.read_resource(uri).await?;
            let bytes = match contents.as_slice() {
                [ResourceContents::TextResourceContents { text, .. }] => text.clone().into_bytes(),
                [ResourceContents::BlobResourceContents { blob, .. }] => {
                    STANDARD.decode(blob).map_err(connection_error)?
                }
                _ => return Err(mismatch(SkillMismatch::NotOneFile)),
            };
            listed.verify(&bytes).map_err(|error| match error {
                SkillIntegrityError::Size {
                    expected, actual, ..
                } => mismatch(SkillMismatch::Size { expected, actual }),
                _ => mismatch(SkillMismatch::Digest),
            })?;
            if uri == skill.uri && !is_frontmatter_of(skill, &bytes) {
                return Err(mismatch(SkillMismatch::Frontmatter));
            }
            Ok(bytes)
        }
        .boxed()
    }
}

fn is_frontmatter_of(skill: &Skill, bytes: &[u8]) -> bool {
    let listed = serde_json::to_value(&skill.frontmatter).unwrap_or_default();
    let read = Frontmatter::read(bytes).map(|it| crate::skills::json::object(&it.fields));
    read.is_ok_and(|read| is_same(&Value::Object(read), &listed))
}

/// Compares values. A writer of JSON may write the number 1.0 as 1.
fn is_same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            let is_in_b = |(key, value)| b.get(key).is_some_and(|other| is_same(value, other));
            a.len() == b.len() && a.iter().all(is_in_b)
        }
        _ => a == b,
    }
}
