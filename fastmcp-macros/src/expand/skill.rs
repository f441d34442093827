//! The expansion of `#[skill]`: the contents of its files, registered for the server.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use crate::model::skill::Skill;

pub(super) fn expand(skill: &Skill) -> TokenStream {
    let Skill {
        root,
        item,
        tags,
        scopes,
        skills,
        files,
        folders,
    } = skill;
    let ident = &item.ident;
    let cfg = item.attrs.iter().filter(|it| it.path().is_ident("cfg"));
    let line = quote_spanned!(ident.span()=> ::core::line!());
    let (names, uris): (Vec<_>, Vec<_>) = skills.iter().map(|(name, uri)| (name, uri)).unzip();
    let files = files.iter().map(|file| {
        let path = &file.path;
        let source = file.source.to_string_lossy();
        let source = if file.source.is_absolute() {
            quote!(#source)
        } else {
            let source = format!("/{source}");
            quote!(::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), #source))
        };
        // Expands to: `("refunds/SKILL.md", include_bytes!(…))`. The compiler looks for changes of the file.
        quote!((#path, ::core::include_bytes!(#source) as &[u8]))
    });
    // Expands to: the struct, and the block that registers the files. The constant uses the struct, which is never
    // constructed otherwise.
    quote! {
        #item

        #(#cfg)*
        const _: () = {
            #[allow(unused_imports)]
            use #root::__private as __fastmcp;

            const _: #ident = #ident;

            __fastmcp::inventory::submit! {
                __fastmcp::EmbeddedSkills {
                    location: __fastmcp::Location::new(::core::file!(), #line, ::core::module_path!()),
                    tags: &[#(#tags),*],
                    scopes: &[#(#scopes),*],
                    skills: &[#((#names, #uris)),*],
                    files: &[#(#files),*],
                    folders: &[#(#folders),*],
                }
            }
        };
    }
}
