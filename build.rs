//! Builds again when GraphiQL's assets were built, changed or removed: a release build embeds them.

fn main() {
    // A path that is not there counts as changed at every build.
    let built = std::path::Path::new("graphiql/dist").exists();
    println!("cargo:rerun-if-changed={}", if built { "graphiql/dist" } else { "graphiql" });
    println!("cargo:rerun-if-changed=src/http/pages");
    println!("cargo:rerun-if-changed=build.rs");
}
