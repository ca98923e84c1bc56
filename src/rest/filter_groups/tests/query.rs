//! What only a query string can say.

use super::*;
use crate::rest::filter_groups::{owns, restore_lost_plus};

fn read(query: &str) -> Filter {
    from_query(query).expect(query).expect(query)
}

fn faults(query: &str) -> Vec<(String, String)> {
    let faults = refusal(from_query(query)).expect_err(query);
    faults.iter().map(|fault| (way(fault), fault.message.clone())).collect()
}

/// A query string by its parameters, each without the `filter_groups`.
fn query(parameters: &[&str]) -> String {
    parameters.iter().map(|p| format!("filter_groups{p}")).collect::<Vec<_>>().join("&")
}

fn is(n: i64) -> Filter {
    field(Field::Id, Test::Eq(Value::Id(n)))
}

#[test]
fn the_other_parameters_are_not_ours() {
    for query in ["", "&&", "system_id=erp&limit=5", "filter=1&xfilter_groups[0]=1", "[0]=filter_groups"] {
        assert_eq!(from_query(query).unwrap(), None, "{query}");
    }
    assert!(owns("filter_groups") && owns("filter_groups[0][or]") && owns("filter_groups_x"));
    assert!(!owns("filter_group[0]") && !owns("filters") && !owns(""));
    let mixed = "system_id=erp&filter_groups[0][filters][0][]=id&limit=5&filter_groups[0][filters][0][]=eq&\
                 filter_groups[0][filters][0][]=1&after=x";
    assert_eq!(read(mixed), is(1));
}

#[test]
fn the_spellings_of_one_filter() {
    for query in [
        query(&["[0][filters][0][key]=id", "[0][filters][0][operator]=eq", "[0][filters][0][value]=1"]),
        query(&["[0][filters][0][value]=1", "[0][filters][0][key]=id", "[0][filters][0][operator]=eq"]),
        query(&["[0][filters][0][0]=id", "[0][filters][0][1]=eq", "[0][filters][0][2]=1"]),
        query(&["[0][filters][0][2]=1", "[0][filters][0][1]=eq", "[0][filters][0][0]=id"]),
        query(&["[0][filters][0][]=id", "[0][filters][0][]=eq", "[0][filters][0][]=1"]),
        query(&["[7][filters][42][0]=id", "[7][filters][42][]=eq", "[7][filters][42][]=1"]),
        query(&["%5B0%5D%5Bfilters%5D[0][]=id", "%5b0%5d[filters][0][]=eq", "[0][filters][0][]=%31"]),
        query(&["[0][filters][0][]=id", "[0][filters][0][]=eq", "[0][filters][0][]=1"]).replace("f", "%66"),
    ] {
        assert_eq!(read(&query), is(1), "{query}");
    }
}

#[test]
fn gaps_are_allowed_and_order_is_first_appearance() {
    let parts = |group: usize, filter: usize, n: i64| {
        let at = format!("[{group}][filters][{filter}]");
        [format!("{at}[0]=id"), format!("{at}[1]=eq"), format!("{at}[2]={n}")]
    };
    let parts = [parts(999_999_999, 5, 1), parts(3, 8, 2), parts(3, 2, 3), parts(999_999_999, 0, 4)].concat();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let expected = Filter::All(vec![is(1), is(4), is(2), is(3)]);
    assert_eq!(read(&query(&parts)), expected);

    let list = |values: &[&str]| {
        let mut all = vec!["[0][filters][0][key]=id", "[0][filters][0][operator]=in"];
        all.extend(values);
        read(&query(&all))
    };
    let ids = |ids: &[i64]| field(Field::Id, Test::In(ids.iter().map(|id| Value::Id(*id)).collect()));
    assert_eq!(list(&["[0][filters][0][value][]=3", "[0][filters][0][value][]=1"]), ids(&[3, 1]));
    assert_eq!(list(&["[0][filters][0][value][9]=3", "[0][filters][0][value][4]=1"]), ids(&[3, 1]));
    // `[]` goes behind the largest index, so it never meets one that was given.
    let mixed = ["[0][filters][0][value][9]=3", "[0][filters][0][value][4]=1", "[0][filters][0][value][]=2"];
    assert_eq!(list(&mixed), ids(&[3, 1, 2]));
}

#[test]
fn a_fault_is_found_under_the_index_the_caller_wrote() {
    let found = faults(&query(&["[7][filters][3][]=id", "[7][filters][3][]=eq", "[7][filters][3][]=x"]));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].0, "7.filters.3.2");
}

#[test]
fn nothing_and_nonsense_are_never_everything() {
    let good = query(&["[5][filters][0][0]=id", "[5][filters][0][1]=eq", "[5][filters][0][2]=1"]);
    for (bad, path) in [
        ("filter_groups", ""),
        ("filter_groups=", ""),
        ("filter_groups=[{\"filters\":[]}]", ""),
        ("filter_groups[]=", "0"),
        ("filter_groups[0]=x", "0"),
        ("filter_groups[0][filters]=", "0.filters"),
        ("filter_groups[0][filters][]=", "0.filters.0"),
        ("filter_groups[0][filters][0]=id", "0.filters.0"),
        ("filter_groups[0][or]=true", "0.filters"),
        ("filter_groups[or]=true", "or"),
        ("filter_groups[a][filters][0][0]=id", "a"),
        ("filter_groups[01][filters][0][0]=id", "01"),
        ("filter_groups[-1][filters][0][0]=id", "-1"),
        ("filter_groups[9999999999][filters][0][0]=id", "9999999999"),
        // Brackets.
        ("filter_groups_x=1", ""),
        ("filter_groups.0.filters=1", ""),
        ("filter_groups[0", ""),
        ("filter_groups]=", ""),
        ("filter_groups[0]filters[0]=1", "0"),
        ("filter_groups[0][filters", "0"),
        ("filter_groups[0][filters][[0]]=1", "0.filters"),
        ("filter_groups[0][filters][0][value][0][0]=1", "0.filters.0.value.0"),
    ] {
        let found = faults(bad);
        assert!(found.iter().any(|(found, _)| found == path), "{bad}: {found:?}");
        // Nor does it go unnoticed beside a good one.
        assert!(from_query(&format!("{good}&{bad}")).is_err(), "{bad}");
        assert!(from_query(&format!("{bad}&{good}")).is_err(), "{bad}");
    }
}

#[test]
fn nothing_is_given_twice() {
    let good = ["[0][filters][0][key]=id", "[0][filters][0][operator]=eq", "[0][filters][0][value]=1"];
    for (again, path, message) in [
        ("[0][filters][0][key]=id", "0.filters.0.key", "this is given twice"),
        ("[0][filters][0][value]=2", "0.filters.0.value", "[value][]=…"),
        ("[0][filters][0][value][]=2", "0.filters.0.value", "both as a value and as a list"),
        ("[0][filters]=2", "0.filters", "both as a value and as a list"),
        ("=2", "", "both as a value and as a list"),
    ] {
        let mut parameters = good.to_vec();
        parameters.push(again);
        let found = faults(&query(&parameters));
        assert_eq!(found.len(), 1, "{again}: {found:?}");
        assert_eq!(found[0].0, path);
        assert!(found[0].1.contains(message), "{found:?}");
    }
}

#[test]
fn empty_brackets_for_objects_are_explained() {
    let found =
        faults(&query(&["[][filters][][key]=id", "[][filters][][operator]=eq", "[][filters][][value]=1"]));
    assert!(found.iter().all(|(_, message)| message.contains("Every [] begins a new element")), "{found:?}");
    assert!(found.iter().any(|(path, _)| path == "2.filters.0.key"), "{found:?}");
}

#[test]
fn a_lost_plus_is_put_back_and_a_space_is_left_alone() {
    for (sent, expected) in [
        ("2026-01-31T12:00:00+01:00", "2026-01-31T11:00:00Z"),
        ("2026-01-31T12:00:00%2B01:00", "2026-01-31T11:00:00Z"),
        ("2026-01-31T12:00:00%2001:00", "2026-01-31T11:00:00Z"),
        ("2026-01-31T12:00:00.5+01:00", "2026-01-31T11:00:00.5Z"),
        ("2026-01-31+12:00:00+01:00", "2026-01-31T11:00:00Z"),
        ("2026-01-31+12:00:00", "2026-01-31T12:00:00Z"),
        ("2026-01-31%2012:00:00", "2026-01-31T12:00:00Z"),
        ("2026-01-31T12:00:00-01:00", "2026-01-31T13:00:00Z"),
        ("2026-01-31T12:00:00Z", "2026-01-31T12:00:00Z"),
    ] {
        let value = format!("[0][filters][0][]={sent}");
        let query = query(&["[0][filters][0][]=created_at", "[0][filters][0][]=gte", &value]);
        assert_eq!(read(&query), field(Field::CreatedAt, Test::Gte(moment(expected))), "{sent}");
    }
    for kept in ["2026-01-31 12:00", "2026-01-31 12:00:00", "12:00 1:00", " 01:00", "a:b éa:bc", ""] {
        assert_eq!(restore_lost_plus(kept), kept);
    }
    // Text keeps its spaces.
    let query =
        query(&["[0][filters][0][]=description", "[0][filters][0][]=eq", "[0][filters][0][]=at+12:00+01:00"]);
    assert_eq!(read(&query), field(Field::Description, Test::Eq(text("at 12:00 01:00"))));
}

#[test]
fn what_is_not_utf_8_is_refused_and_not_replaced() {
    let of = |value: &str| {
        let value = format!("[0][filters][0][]={value}");
        query(&["[0][filters][0][]=description", "[0][filters][0][]=eq", &value])
    };
    for value in ["caf%E9", "%FF%EF%BF%BD", "%EF%BF%BD%C3", "%ED%A0%80"] {
        let found = faults(&of(value));
        assert_eq!(found.len(), 1);
        assert!(found[0].0 == "0.filters.0.2" && found[0].1.contains("UTF-8"), "{found:?}");
    }
    // The replacement character itself may be looked for: it is what a bad import leaves behind.
    for value in ["%EF%BF%BD", "%ef%bf%bd", "\u{FFFD}"] {
        assert_eq!(read(&of(value)), field(Field::Description, Test::Eq(text("\u{FFFD}"))));
    }
    assert_eq!(read(&of("caf%C3%A9")), field(Field::Description, Test::Eq(text("café"))));
}

#[test]
fn a_list_that_is_too_long_is_told_of_once() {
    let value = "&filter_groups[0][filters][0][value][]=1".repeat(150);
    let found = faults(&(query(&["[0][filters][0][key]=id", "[0][filters][0][operator]=in"]) + &value));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(
        found[0],
        ("0.filters.0.value".to_owned(), "there are more than 100 elements here".to_owned())
    );
}

#[test]
fn a_flood_costs_little() {
    let started = std::time::Instant::now();
    let floods = [
        "filter_groups[][filters][]=&".repeat(20_000),
        (0..20_000).map(|i| format!("filter_groups[{i}][filters][{i}][0]=id&")).collect(),
        format!("filter_groups{}=1", "[0]".repeat(100_000)),
        format!("filter_groups{}=1", "[".repeat(100_000)),
        format!("filter_groups[{}]=1", "a".repeat(100_000)),
        format!("filter_groups[0][filters][0][key]={}", "a".repeat(100_000)),
    ];
    for flood in floods {
        let found = faults(&flood);
        assert!(found.iter().map(|(path, message)| path.len() + message.len()).sum::<usize>() < 100_000);
    }
    assert!(started.elapsed().as_secs() < 10, "{:?}", started.elapsed());
}
