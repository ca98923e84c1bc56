//! What fields cost, as each module says it beside its fields. `guard` adds it up.

/// What a field costs. A field that says nothing costs 1 with the objects inside of it added, and nothing when it is a
/// plain value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cost {
    /// A page: the lists inside of it are as long as `first` or `last` says, or else as `default`.
    Page {
        /// The size of a page when none is asked for.
        default: u64,
        /// The largest size.
        max: u64,
    },
    /// A change: the lists inside of its payload are as long as the list of items in its input.
    Call {
        /// The longest list.
        max: usize,
    },
    /// A list about as long as this.
    List(usize),
    /// A list as long as the list in this argument.
    Named {
        /// The argument.
        argument: &'static str,
        /// The longest list.
        max: usize,
    },
    /// Something that is counted or looked up for each object, apart from the others.
    Query,
    /// A list that a query of its own makes, of more than it shows. However long the list around it is, it has about the
    /// same length.
    Summed {
        /// About how many objects it has.
        length: usize,
        /// What the query costs.
        query: usize,
    },
    /// A value as dear as so many objects.
    Value(usize),
}

/// The costs of fields: the type, the field, and what it costs.
pub type Costs = &'static [(&'static str, &'static str, Cost)];
