//! Who was let in for longer than one request, and by which token.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;

/// Those who were let in through one door.
#[derive(Clone, Debug, Default)]
pub struct Watch(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    /// How many there have been.
    count: u64,
    let_in: HashMap<u64, LetIn>,
    /// Whether somebody looks at their tokens.
    is_looked_at: bool,
}

#[derive(Debug)]
struct LetIn {
    /// The handle of the token; `None` without one.
    handle: Option<String>,
    ended: CancellationToken,
}

/// One of them, until it is dropped.
#[derive(Debug)]
pub struct Watching {
    watch: Watch,
    number: u64,
}

/// What those who are there came in by.
#[derive(Debug)]
pub struct Held {
    /// The handles of tokens, each once.
    pub handles: Vec<String>,
    /// Whether anybody came without one.
    pub without: bool,
}

impl Watch {
    /// Adds one. True beside it: nobody looks at the tokens, and whoever adds it has to see to that.
    pub fn add(&self, handle: Option<String>, ended: CancellationToken) -> (Watching, bool) {
        let mut state = self.state();
        state.count += 1;
        let number = state.count;
        state.let_in.insert(number, LetIn { handle, ended });
        let is_first = !std::mem::replace(&mut state.is_looked_at, true);
        (Watching { watch: self.clone(), number }, is_first)
    }

    /// What they came in by; `None` when nobody is left, and then nobody looks any more.
    pub fn held(&self) -> Option<Held> {
        let mut state = self.state();
        if state.let_in.is_empty() {
            state.is_looked_at = false;
            return None;
        }
        let handles: BTreeSet<&String> =
            state.let_in.values().filter_map(|one| one.handle.as_ref()).collect();
        Some(Held {
            handles: handles.into_iter().cloned().collect(),
            without: state.let_in.values().any(|one| one.handle.is_none()),
        })
    }

    /// Tells those of whom this holds that they may not stay.
    pub fn end(&self, is_over: impl Fn(Option<&String>) -> bool) {
        for one in self.state().let_in.values().filter(|one| is_over(one.handle.as_ref())) {
            one.ended.cancel();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing can panic while the lock is held.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        self.watch.state().let_in.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_token_is_looked_at_once_and_only_its_bearers_end() {
        let watch = Watch::default();
        let tokens = || (CancellationToken::new(), CancellationToken::new(), CancellationToken::new());
        let (one, other, none) = tokens();
        let (first, looks) = watch.add(Some("a".to_owned()), one.clone());
        assert!(looks, "nobody looked before");
        let (_second, looks) = watch.add(Some("a".to_owned()), one.clone());
        assert!(!looks, "somebody looks already");
        let _third = watch.add(Some("b".to_owned()), other.clone());
        let _fourth = watch.add(None, none.clone());
        let held = watch.held().unwrap();
        assert_eq!((held.handles, held.without), (vec!["a".to_owned(), "b".to_owned()], true));
        watch.end(|handle| handle.is_some_and(|handle| handle == "a"));
        assert!(one.is_cancelled() && !other.is_cancelled() && !none.is_cancelled());
        drop(first);
        assert!(watch.held().is_some());
    }

    #[test]
    fn when_nobody_is_left_the_next_one_is_looked_at_again() {
        let watch = Watch::default();
        let (one, _) = watch.add(None, CancellationToken::new());
        drop(one);
        assert!(watch.held().is_none());
        let (_one, looks) = watch.add(None, CancellationToken::new());
        assert!(looks);
    }
}
