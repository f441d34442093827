//! The implementations of `FormType` and its relatives by `#[data]`.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Path;

use crate::model::form_type::{FormType, Shape};
use crate::parse::tokens::span_ends;

/// Expands to: `impl FormType for Booking where … {}` and similar implementations.
pub(super) fn expand(root: &Path, form_type: &FormType) -> TokenStream {
    let FormType {
        ident,
        generics,
        cfg,
        shape,
    } = form_type;
    let (parameters, arguments, bounds) = generics.split_for_impl();
    let not_flat = quote!(impl #parameters __fastmcp::NotFlat for #ident #arguments #bounds {});
    let implementations = match shape {
        Shape::Variants => not_flat,
        Shape::Choice => quote! {
            impl #parameters __fastmcp::FormType for #ident #arguments #bounds {}
            impl #parameters __fastmcp::FormChoice for #ident #arguments #bounds {}
        },
        Shape::Fields { checked, is_object } => {
            // Expands to: `for<'f> Flat<{ FlatProbe::<u8>::FLAT }>: IsFlat<u8>`. Without the lifetime,
            // rustc would refuse the bound here, although nothing asks for this type.
            let checks = checked.iter().map(|ty| {
                let (span, _) = span_ends(ty);
                quote_spanned! {span=>
                    for<'__fastmcp> __fastmcp::Flat<{ __fastmcp::FlatProbe::<#ty>::FLAT }>:
                        __fastmcp::IsFlat<#ty>
                }
            });
            let bounds = if checked.is_empty() {
                quote!(#bounds)
            } else {
                quote!(where #(#checks),*)
            };
            let not_flat = is_object.then_some(not_flat);
            quote! {
                impl #parameters __fastmcp::FormType for #ident #arguments #bounds {}
                #not_flat
            }
        }
    };
    quote! {
        #(#cfg)*
        const _: () = {
            #[allow(unused_imports)]
            use #root::__private as __fastmcp;
            #[allow(unused_imports)]
            use __fastmcp::MayBeFlat as _;
            #implementations
        };
    }
}
