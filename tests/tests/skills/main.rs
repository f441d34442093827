//! Skills (SEP-2640): their declaration, lists, files and folders, rules about callers, and changes of the files.

mod changes;
mod client;
mod declare;
mod embedded;
mod faults;
mod files;
mod folder;
mod lists;
mod rules;
