//! Golden tests of the expansions: `expansions/NAME.in.rs` expands to `expansions/NAME.out.rs`.
//!
//! `UPDATE_EXPANSIONS=1 cargo test -p fastmcp-macros` rewrites the outputs; review the diff.

use std::fs;
use std::path::Path;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Attribute, Item, Meta};

use crate::model::kind::HandlerKind;
use crate::pipeline;

#[test]
fn expansions_match_the_reviewed_files() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("expansions");
    let update = std::env::var_os("UPDATE_EXPANSIONS").is_some();
    let mut differing = Vec::new();
    let mut cases = 0;
    for entry in fs::read_dir(&directory).unwrap() {
        let input = entry.unwrap().path();
        let file = input.file_name().unwrap().to_string_lossy().into_owned();
        let Some(name) = file.strip_suffix(".in.rs") else {
            continue;
        };
        if name == "skill" && cfg!(not(feature = "skills")) {
            continue;
        }
        cases += 1;
        let output = directory.join(format!("{name}.out.rs"));
        let expansion = expand_file(&fs::read_to_string(&input).unwrap());
        if update {
            fs::write(&output, expansion).unwrap();
        } else if fs::read_to_string(&output).unwrap_or_default() != expansion {
            differing.push(file);
        }
    }
    assert!(cases > 0, "no case in {}", directory.display());
    assert!(
        differing.is_empty(),
        "the expansions of these files changed: {differing:?}"
    );
}

/// Expands the attribute on the one item of a file.
fn expand_file(source: &str) -> String {
    let mut file = syn::parse_file(source).unwrap();
    let mut item = file.items.remove(0);
    let attributes = match &mut item {
        Item::Fn(function) => &mut function.attrs,
        Item::Impl(block) => &mut block.attrs,
        Item::Struct(data) => &mut data.attrs,
        _ => panic!("a function, an impl or a struct"),
    };
    let ours = attributes
        .iter()
        .position(|it| !it.path().is_ident("doc"))
        .unwrap();
    let attribute = attributes.remove(ours);
    let options = options_of(&attribute);
    let item = item.to_token_stream();
    let expansion = match attribute.path().get_ident().unwrap().to_string().as_str() {
        "tool" => pipeline::function(HandlerKind::Tool, options, item),
        "resource" => pipeline::function(HandlerKind::Resource, options, item),
        "prompt" => pipeline::function(HandlerKind::Prompt, options, item),
        "task" => pipeline::function(HandlerKind::Task, options, item),
        "dependency" => pipeline::function(HandlerKind::Provider, options, item),
        "completion" => pipeline::function(HandlerKind::Completion, options, item),
        "event" => pipeline::function(HandlerKind::Event, options, item),
        "tools" => pipeline::tools(options, item),
        "data" => pipeline::data(options, item),
        #[cfg(feature = "skills")]
        "skill" => pipeline::skill(options, item),
        other => panic!("`{other}` is not one of our attributes"),
    };
    prettyplease::unparse(&syn::parse2(expansion).unwrap())
}

fn options_of(attribute: &Attribute) -> TokenStream {
    match &attribute.meta {
        Meta::List(list) => list.tokens.clone(),
        Meta::Path(_) | Meta::NameValue(_) => TokenStream::new(),
    }
}
