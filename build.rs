//! Builds again when the pages' assets were built, changed or removed: a release build embeds them.

fn main() {
    // A path that is not there counts as changed at every build.
    for page in ["console", "graphiql"] {
        let built = format!("{page}/dist");
        let is_built = std::path::Path::new(&built).exists();
        println!("cargo:rerun-if-changed={}", if is_built { &built } else { page });
    }
    println!("cargo:rerun-if-changed=src/http/pages");
    println!("cargo:rerun-if-changed=build.rs");
}
