//! The import graph of a crate's source files, read from their syntax.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, File, ItemMod, ItemUse, Macro, UseTree};

/// A module path without the crate's name, such as `call::json`; empty for `lib.rs`.
pub type Module = String;

/// The source files of one crate, and their imports of each other.
#[derive(Debug, Clone, Default)]
pub struct Imports {
    /// The files, by module.
    pub files: BTreeMap<Module, SourceFile>,
    /// The modules whose files each module imports.
    pub edges: BTreeMap<Module, BTreeSet<Module>>,
}

/// One source file.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// The path, as it appears in messages.
    pub path: PathBuf,
    /// The whole text.
    pub text: String,
    /// The first segments of the paths in the file, such as `rmcp`.
    pub roots: BTreeSet<String>,
}

impl Imports {
    /// Reads every `.rs` file below `root`, the directory of a `lib.rs`.
    pub fn read(root: &Path) -> Self {
        let mut imports = Self::default();
        let mut syntax = BTreeMap::new();
        for path in rust_files(root) {
            let text = fs::read_to_string(&path).expect("the file is readable");
            let file = syn::parse_file(&text).expect("the file is valid Rust");
            let module = module_of(path.strip_prefix(root).expect("the file is below the root"));
            syntax.insert(module.clone(), file);
            let roots = BTreeSet::new();
            imports
                .files
                .insert(module, SourceFile { path, text, roots });
        }
        for (module, file) in syntax {
            let paths = paths_of(&module, &file);
            for path in paths {
                imports.add(&module, &path);
            }
        }
        imports
    }

    fn add(&mut self, module: &str, path: &[String]) {
        let Some(target) = self.resolve(module, path) else {
            if let (Some(root), Some(file)) = (path.first(), self.files.get_mut(module)) {
                file.roots.insert(root.clone());
            }
            return;
        };
        if target != module {
            self.edges
                .entry(module.to_owned())
                .or_default()
                .insert(target);
        }
    }

    /// Returns the module whose file a path names; `None` for a path into another crate.
    fn resolve(&self, module: &str, path: &[String]) -> Option<Module> {
        let mut base: Vec<&str> = module.split("::").filter(|it| !it.is_empty()).collect();
        let mut rest = path.iter().map(String::as_str).peekable();
        match *rest.peek()? {
            "crate" => {
                base.clear();
                rest.next();
            }
            "self" => drop(rest.next()),
            "super" => {
                while rest.next_if_eq(&"super").is_some() {
                    base.pop();
                }
            }
            // In the 2024 edition a path may also start at a module of this file.
            child if self.files.contains_key(&join(module, child)) => {}
            _ => return None,
        }
        base.extend(rest);
        // The longest prefix that is a file. The rest of the path names an item in that file.
        (0..=base.len())
            .rev()
            .map(|length| base[..length].join("::"))
            .find(|prefix| self.files.contains_key(prefix))
    }

    /// Returns the groups of files that import each other, directly or through other files.
    pub fn cycles(&self) -> Vec<BTreeSet<Module>> {
        let reach: BTreeMap<&Module, BTreeSet<&Module>> = self
            .files
            .keys()
            .map(|it| (it, self.reachable(it)))
            .collect();
        let mut cycles = BTreeSet::new();
        for (module, reached) in &reach {
            let cycle: BTreeSet<Module> = reached
                .iter()
                .filter(|other| reach[*other].contains(*module))
                .map(|it| (*it).clone())
                .collect();
            if !cycle.is_empty() {
                cycles.insert(cycle);
            }
        }
        cycles.into_iter().collect()
    }

    fn reachable<'a>(&'a self, from: &'a Module) -> BTreeSet<&'a Module> {
        let mut reached = BTreeSet::new();
        let mut open = vec![from];
        while let Some(module) = open.pop() {
            for next in self.edges.get(module).into_iter().flatten() {
                if reached.insert(next) {
                    open.push(next);
                }
            }
        }
        reached
    }
}

fn join(module: &str, child: &str) -> Module {
    if module.is_empty() {
        child.to_owned()
    } else {
        format!("{module}::{child}")
    }
}

fn rust_files(directory: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).expect("the directory is readable") {
        let path = entry.expect("the entry is readable").path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|it| it == "rs") {
            files.push(path);
        }
    }
    files
}

fn module_of(relative: &Path) -> Module {
    let segments = relative.with_extension("");
    let segments: Vec<_> = segments.iter().filter_map(|it| it.to_str()).collect();
    match segments.join("::").as_str() {
        "lib" => String::new(),
        module => module.to_owned(),
    }
}

/// Returns every path in the file outside of its unit tests, including `use` declarations.
fn paths_of(module: &str, file: &File) -> Vec<Vec<String>> {
    let mut collector = Collector {
        paths: Vec::new(),
        inline: Vec::new(),
    };
    let is_test_file = module.ends_with("tests");
    if !is_test_file {
        collector.visit_file(file);
    }
    collector.paths
}

struct Collector {
    paths: Vec<Vec<String>>,
    /// The inline modules around the current item.
    inline: Vec<String>,
}

impl Collector {
    fn push(&mut self, path: Vec<String>) {
        // `super` inside an inline module leaves that module first.
        let depth = self.inline.len();
        let leaves = path
            .iter()
            .take_while(|it| *it == "super")
            .count()
            .min(depth);
        let path: Vec<String> = path.into_iter().skip(leaves).collect();
        if path.len() > 1 || path.first().is_some_and(|it| it != "self") {
            self.paths.push(path);
        }
    }

    fn use_tree(&mut self, tree: &UseTree, prefix: &mut Vec<String>) {
        match tree {
            UseTree::Path(path) => {
                prefix.push(path.ident.to_string());
                self.use_tree(&path.tree, prefix);
                prefix.pop();
            }
            UseTree::Name(name) => self.leaf(prefix, &name.ident.to_string()),
            UseTree::Rename(rename) => self.leaf(prefix, &rename.ident.to_string()),
            UseTree::Glob(_) => self.push(prefix.clone()),
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.use_tree(tree, prefix);
                }
            }
        }
    }

    fn leaf(&mut self, prefix: &[String], name: &str) {
        let mut path = prefix.to_vec();
        if name != "self" {
            path.push(name.to_owned());
        }
        self.push(path);
    }

    /// Collects the paths in the tokens of a macro call that begin with `crate` or `super`.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => {
                    if colons != 2 {
                        self.token_path(std::mem::take(&mut path));
                    }
                    colons = 0;
                    path.push(ident.to_string());
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                TokenTree::Group(group) => self.tokens(group.stream()),
                _ => self.token_path(std::mem::take(&mut path)),
            }
        }
        self.token_path(path);
    }

    fn token_path(&mut self, path: Vec<String>) {
        // A lone `crate` is part of a visibility, `pub(crate)`.
        if path.len() > 1 && matches!(path[0].as_str(), "crate" | "super") {
            self.push(path);
        }
    }
}

fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute
                .parse_args::<syn::Ident>()
                .is_ok_and(|it| it == "test")
    })
}

impl<'ast> Visit<'ast> for Collector {
    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        if is_test(&item.attrs) || item.content.is_none() {
            return;
        }
        self.inline.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.inline.pop();
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.use_tree(&item.tree, &mut Vec::new());
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Vec<_> = path
            .segments
            .iter()
            .map(|it| it.ident.to_string())
            .collect();
        if segments.len() > 1 {
            self.push(segments);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, item: &'ast Macro) {
        self.tokens(item.tokens.clone());
        visit::visit_macro(self, item);
    }
}
