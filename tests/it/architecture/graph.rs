//! Which source file uses which: read from the paths in the code, `use crate::…`, `use super::…` and those in the middle
//! of it. Rough, but of the same mind as the compiler for code that the compiler takes.

use std::collections::{BTreeMap, BTreeSet};

/// A module's path inside the crate: `["store", "connect"]`.
pub type Module = Vec<String>;

/// By module, the modules whose items it uses.
pub type Graph = BTreeMap<Module, BTreeSet<Module>>;

/// A path as it is written in a module, and whether it is re-exported from there.
struct Named {
    path: Vec<String>,
    public: bool,
}

/// The graph of these modules, given with their texts. What a module re-exports counts as used where it is defined.
pub fn graph(sources: &BTreeMap<Module, String>) -> Graph {
    let mut reexports: BTreeMap<(Module, String), (Module, String)> = BTreeMap::new();
    let mut uses: Vec<(Module, Module, String)> = Vec::new();
    for (module, text) in sources {
        for Named { path, public } in paths(&tokens(text)) {
            let Some((target, item)) = resolve(sources, module, &path) else { continue };
            match public {
                true => drop(reexports.insert((module.clone(), item.clone()), (target, item))),
                false => uses.push((module.clone(), target, item)),
            }
        }
    }
    let mut graph = Graph::new();
    for (module, mut target, mut item) in uses {
        // A re-export may lead to another one; none leads back.
        for _ in 0..10 {
            let Some((next, name)) = reexports.get(&(target.clone(), item.clone())) else { break };
            (target, item) = (next.clone(), name.clone());
        }
        if target != module {
            graph.entry(module).or_default().insert(target);
        }
    }
    graph
}

/// Where a path leads: the deepest module on its way, and the item there; empty when the path is the module itself.
/// `None` for what is not of this crate.
fn resolve(sources: &BTreeMap<Module, String>, module: &Module, path: &[String]) -> Option<(Module, String)> {
    let mut place = module.clone();
    let mut rest = path;
    match path.first()?.as_str() {
        "crate" => (place, rest) = (Vec::new(), &path[1..]),
        "self" => rest = &path[1..],
        "super" => {
            while rest.first().is_some_and(|step| step == "super") {
                place.pop();
                rest = &rest[1..];
            }
        }
        child => {
            let inside: Module = place.iter().cloned().chain([child.to_owned()]).collect();
            sources.get(&inside)?;
        }
    }
    while let Some(step) = rest.first() {
        let inside: Module = place.iter().cloned().chain([step.clone()]).collect();
        if !sources.contains_key(&inside) {
            break;
        }
        (place, rest) = (inside, &rest[1..]);
    }
    Some((place, rest.first().cloned().unwrap_or_default()))
}

/// Every path in the code, with those of `use` written out.
fn paths(tokens: &[String]) -> Vec<Named> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let is = |offset: usize, text: &str| tokens.get(at + offset).is_some_and(|token| token == text);
        if is(0, "use") {
            let end = (at..tokens.len()).find(|index| tokens[*index] == ";").unwrap_or(tokens.len());
            let public = at > 0 && (tokens[at - 1] == "pub" || tokens[at - 1] == ")");
            written_out(&tokens[at + 1..end], &[], &mut |path| found.push(Named { path, public }));
            at = end;
        } else if is_name(&tokens[at]) && is(1, "::") && (at == 0 || tokens[at - 1] != "::") {
            let mut path = vec![tokens[at].clone()];
            while tokens.get(at + 1).is_some_and(|token| token == "::")
                && tokens.get(at + 2).is_some_and(|token| is_name(token))
            {
                path.push(tokens[at + 2].clone());
                at += 2;
            }
            // `pub(in crate::store)` says who may see it, and uses nothing.
            let visibility = at >= 2 * path.len() && tokens[at + 1 - 2 * path.len()] == "in";
            if !visibility {
                found.push(Named { path, public: false });
            }
            at += 1;
        } else {
            at += 1;
        }
    }
    found
}

/// `a::{b, c::d as e}` as `a::b` and `a::c::d`.
fn written_out(tokens: &[String], before: &[String], found: &mut impl FnMut(Vec<String>)) {
    let mut path = before.to_vec();
    for (index, token) in tokens.iter().enumerate() {
        match token.as_str() {
            "::" => {}
            "as" => break,
            "{" => {
                let inside = &tokens[index + 1..tokens.len() - 1];
                let (mut depth, mut from) = (0, 0);
                for (index, token) in inside.iter().enumerate() {
                    match token.as_str() {
                        "{" => depth += 1,
                        "}" => depth -= 1,
                        "," if depth == 0 => {
                            written_out(&inside[from..index], &path, found);
                            from = index + 1;
                        }
                        _ => {}
                    }
                }
                if from < inside.len() {
                    written_out(&inside[from..], &path, found);
                }
                return;
            }
            // `use super::cells::{self, Cells}` names the module itself.
            "self" if !path.is_empty() => {}
            name => path.push(name.to_owned()),
        }
    }
    found(path);
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Names, `::` and single signs; without comments, texts and the tests at the end of a file.
fn tokens(text: &str) -> Vec<String> {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let chars: Vec<char> = text.chars().collect();
    let (mut tokens, mut at) = (Vec::new(), 0);
    let get = |index: usize| chars.get(index).copied().unwrap_or(' ');
    while at < chars.len() {
        match get(at) {
            '/' if get(at + 1) == '/' => {
                at = (at..chars.len()).find(|i| chars[*i] == '\n').unwrap_or(chars.len())
            }
            '"' => {
                at += 1;
                while at < chars.len() && get(at) != '"' {
                    at += if get(at) == '\\' { 2 } else { 1 };
                }
                at += 1;
            }
            'r' if get(at + 1) == '#' && get(at + 2) == '"' => {
                at = (at + 3..chars.len())
                    .find(|i| get(*i) == '"' && get(i + 1) == '#')
                    .unwrap_or(chars.len())
                    + 2;
            }
            'r' if get(at + 1) == '"' => {
                at = (at + 2..chars.len()).find(|i| get(*i) == '"').unwrap_or(chars.len()) + 1;
            }
            '\'' if get(at + 1) == '\\' => {
                at = (at + 3..chars.len()).find(|i| get(*i) == '\'').unwrap_or(chars.len()) + 1;
            }
            '\'' if get(at + 2) == '\'' => at += 3,
            c if c.is_alphanumeric() || c == '_' => {
                let end = (at..chars.len()).find(|i| !(chars[*i].is_alphanumeric() || chars[*i] == '_'));
                let end = end.unwrap_or(chars.len());
                tokens.push(chars[at..end].iter().collect());
                at = end;
            }
            ':' if get(at + 1) == ':' => {
                tokens.push("::".to_owned());
                at += 2;
            }
            c => {
                if !c.is_whitespace() {
                    tokens.push(c.to_string());
                }
                at += 1;
            }
        }
    }
    tokens
}

/// A way from a module through others back to it, if there is one.
pub fn circle(graph: &Graph) -> Option<Vec<Module>> {
    let mut done = BTreeSet::new();
    graph.keys().find_map(|module| walk(graph, module, &mut Vec::new(), &mut done))
}

fn walk(
    graph: &Graph,
    module: &Module,
    way: &mut Vec<Module>,
    done: &mut BTreeSet<Module>,
) -> Option<Vec<Module>> {
    if let Some(start) = way.iter().position(|passed| passed == module) {
        return Some(way[start..].to_vec());
    }
    if !done.insert(module.clone()) {
        return None;
    }
    way.push(module.clone());
    let found = graph.get(module).into_iter().flatten().find_map(|next| walk(graph, next, way, done));
    way.pop();
    found
}

#[test]
fn paths_are_found_wherever_they_stand() {
    let sources: BTreeMap<Module, String> = [
        ("a", "use crate::b::{self, c::{D, E as F}};\nuse std::fmt;\nfn f() { super::g::h(); x::y() } // crate::no::z\n"),
        ("b", "pub mod c;\npub use c::D;\nconst T: &str = \"crate::a::f\";"),
        ("b::c", "use super::super::g::h;\npub(in crate::b) struct D;\n#[cfg(test)]\nmod tests {\n    use crate::a::f;\n}"),
        ("g", "use crate::b::D; fn h(c: char) { if c == '\"' { crate::a::f() } }"),
    ]
    .into_iter()
    .map(|(name, text)| (name.split("::").map(str::to_owned).collect(), text.to_owned()))
    .collect();
    let graph = graph(&sources);
    let used = |name: &str| {
        let module: Module = name.split("::").map(str::to_owned).collect();
        let targets = graph.get(&module).into_iter().flatten();
        targets.map(|target| target.join("::")).collect::<Vec<_>>()
    };
    assert_eq!(used("a"), ["b", "b::c", "g"]);
    assert_eq!(used("b"), [""; 0], "it only leads on to what is inside");
    assert_eq!(used("b::c"), ["g"]);
    assert_eq!(used("g"), ["a", "b::c"], "through the re-export");
    assert!(circle(&graph).is_some_and(|circle| circle.len() >= 2));
}
