//! Builds again when GraphiQL's assets were built or removed: they are embedded.

fn main() {
    println!("cargo:rerun-if-changed=graphiql/dist");
    println!("cargo:rerun-if-changed=src/http/pages");
    println!("cargo:rerun-if-changed=build.rs");
}
