//! The schema in this folder is that of the server: a link, which a package carries as a file.

#[test]
fn the_copy_of_the_schema_is_that_of_the_server() {
    let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &str| std::fs::read_to_string(here.join(path)).unwrap();
    assert!(
        read("schema.graphql") == read("../../schema.graphql"),
        "they differ; this mends it: ln -sf ../../schema.graphql clients/rust/schema.graphql"
    );
}
