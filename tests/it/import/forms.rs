//! `POST /v10/imports` with a form: files as its parts, in one import.

use ledgate::ledger_files::DEMO;
use reqwest::{Method, Response};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::on_both_databases;
use crate::support::gateway::Gateway;
use crate::support::program::fec;

const FORM: &str = "multipart/form-data; boundary=\"a line\"";

/// A part with these parameters of its Content-Disposition.
fn part(disposition: &str, text: &str) -> String {
    format!(
        "--a line\r\nContent-Disposition: form-data; {disposition}\r\nContent-Type: text/plain\r\n\r\n{text}\r\n"
    )
}

fn file(name: &str, text: &str) -> String {
    part(&format!("name=\"file\"; filename=\"{name}\""), text)
}

/// A whole form of these parts.
fn form(parts: &[String]) -> String {
    format!("{}--a line--\r\n", parts.concat())
}

async fn send(gateway: &Gateway, query: &str, content_type: &str, body: String) -> Response {
    let request = gateway.request(Method::POST, &format!("/v10/imports{query}"));
    request.header("content-type", content_type).body(body).send().await.unwrap()
}

async fn answer(response: Response) -> Value {
    let status = response.status();
    let text = response.text().await.unwrap();
    assert_eq!(status, 200, "{text}");
    serde_json::from_str(&text).unwrap()
}

async fn refused(response: Response, status: u16, code: &str) -> Value {
    let found = response.status();
    let problem: Value = response.json().await.unwrap();
    assert_eq!((found.as_u16(), &problem["code"]), (status, &json!(code)), "{problem:#}");
    problem
}

/// The demo, cut into two files in the middle of a voucher.
fn halves() -> (String, String) {
    let mut lines: Vec<&str> = DEMO.lines().collect();
    let header = lines.remove(0);
    let voucher = |line: &str| line.split('\t').nth(2).unwrap().to_owned();
    let cut = (20..lines.len()).find(|at| voucher(lines[at - 1]) == voucher(lines[*at])).unwrap();
    let text = |lines: &[&str]| format!("{header}\n{}\n", lines.join("\n"));
    (text(&lines[..cut]), text(&lines[cut..]))
}

on_both_databases! {
    async fn the_files_of_a_form_are_one_import(gateway: Gateway) {
        let (one, two) = halves();
        // Browsers put the folder in front of a name.
        let body = form(&[file("books/first.txt", &one), file("C:\\second.txt", &two)]);
        let told = answer(send(&gateway, "?dry_run=true", FORM, body.clone()).await).await;
        assert_eq!((&told["inserted"], &told["is_written"]), (&json!(57), &json!(false)));
        assert_eq!(gateway.unexported("erp").await.len(), 0);
        let told = answer(send(&gateway, "?strict=true", FORM, body).await).await;
        assert_eq!((&told["inserted"], &told["is_written"], &told["missing"]), (&json!(57), &json!(true), &json!(0)));
        assert_eq!(told["ledger_debit"], "63084.80");
        let names: Vec<&Value> = told["files"].as_array().unwrap().iter().map(|file| &file["name"]).collect();
        assert_eq!((names, &told["sha256"]), (vec![&json!("first.txt"), &json!("second.txt")], &json!(null)));
        let query = "{ imports { nodes { files { name sha256 } } }
            accountingEntries(first: 100) { nodes { importFile { name } importLine } } }";
        let data = gateway.data(query, json!({})).await;
        assert_eq!(data["imports"]["nodes"], json!([{ "files": told["files"] }]));
        let entries = data["accountingEntries"]["nodes"].as_array().unwrap();
        let of = |name: &str| entries.iter().filter(|entry| entry["importFile"]["name"] == name).count();
        assert_eq!((of("first.txt"), of("second.txt")), (one.lines().count() - 1, two.lines().count() - 1));
        // The same as one file, and as one that is the body itself.
        let told = answer(send(&gateway, "", FORM, form(&[file("demo.txt", DEMO)])).await).await;
        assert_eq!((&told["unchanged"], &told["files"][0]["sha256"]), (&json!(57), &told["sha256"]));
        let told = answer(send(&gateway, "?name=demo.txt", "text/plain", DEMO.to_owned()).await).await;
        assert_eq!(told["unchanged"], 57);
    }

    async fn a_message_names_the_file(gateway: Gateway) {
        let good = fec(2);
        let bad = fec(4).replace("2,50", "2,x50");
        let told = answer(send(&gateway, "", FORM, form(&[file("good.txt", &good), file("bad.txt", &bad)])).await).await;
        let messages = told["messages"].to_string();
        assert!(messages.contains("bad.txt:4: Debit: ") && !messages.contains("good.txt:4"), "{messages}");
        let body = form(&[file("good.txt", &good), file("letter.txt", "Dear accountant,\n")]);
        let problem = refused(send(&gateway, "", FORM, body).await, 422, "INVALID_FILE").await;
        assert!(problem["detail"].as_str().unwrap().starts_with("letter.txt: "), "{problem:#}");
    }

    async fn a_file_of_another_company_keeps_all_out(gateway: Gateway) {
        let mine = file("123456789FEC20251231.txt", DEMO);
        let body = form(&[mine.clone(), file("987654321FEC20251231.txt", &fec(2))]);
        refused(send(&gateway, "", FORM, body.clone()).await, 422, "OTHER_COMPANY").await;
        assert_eq!(gateway.unexported("erp").await.len(), 0);
        answer(send(&gateway, "", FORM, form(&[mine])).await).await;
        let other = form(&[file("books/987654321FEC20251231.txt", &fec(2))]);
        refused(send(&gateway, "", FORM, other).await, 422, "OTHER_COMPANY").await;
        assert_eq!(answer(send(&gateway, "?same_company=true", FORM, body).await).await["inserted"], 2);
    }

    async fn a_form_that_is_not_as_it_has_to_be_is_told_by_its_place(gateway: Gateway) {
        let good = file("good.txt", DEMO);
        let long = "x".repeat(501);
        for (parts, code, path) in [
            (vec![], "NO_ITEMS", json!(["parts"])),
            (vec![part("name=\"dry_run\"", "true")], "INVALID_BODY", json!(["parts", 0, "name"])),
            (vec![good.clone(), part("name=\"files\"; filename=\"b.txt\"", DEMO)], "INVALID_BODY", json!(["parts", 1, "name"])),
            (vec![good.clone(), part("name=\"file\"", DEMO)], "INVALID_BODY", json!(["parts", 1, "filename"])),
            (vec![file("", DEMO)], "INVALID_BODY", json!(["parts", 0, "filename"])),
            (vec![file("folder/", DEMO)], "INVALID_BODY", json!(["parts", 0, "filename"])),
            (vec![good.clone(), file(&long, DEMO)], "INVALID_BODY", json!(["parts", 1, "filename"])),
        ] {
            let problem = refused(send(&gateway, "", FORM, form(&parts)).await, 422, code).await;
            assert_eq!(problem["errors"][0]["path"], path, "{problem:#}");
        }
        let many: Vec<String> = (0..1_001).map(|number| file(&format!("{number}.txt"), &fec(0))).collect();
        let problem = refused(send(&gateway, "", FORM, form(&many)).await, 422, "TOO_MANY_ITEMS").await;
        assert_eq!(problem["errors"][0]["path"], json!(["parts", 1_000]));
        for (query, path) in [("?name=a.txt", "name"), ("?dry_run=true&dry_run=true", "dry_run"), ("?file=a.txt", "file")] {
            let response = send(&gateway, query, FORM, form(std::slice::from_ref(&good))).await;
            assert_eq!(refused(response, 400, "BAD_USER_INPUT").await["errors"][0]["path"], json!([path]));
        }
        let whole = form(&[good.clone(), file("more.txt", &fec(6))]);
        for (content_type, body) in [
            ("multipart/form-data", whole.clone()),
            ("Multipart/Form-Data; boundary=other", whole.clone()),
            (FORM, DEMO.to_owned()),
            (FORM, String::new()),
            // Cut: in a header, in a file, before the last line.
            (FORM, whole[..60].to_owned()),
            (FORM, whole[..2_000].to_owned()),
            (FORM, whole[..whole.len() - 60].to_owned()),
            (FORM, whole[..whole.len() - 5].to_owned()),
        ] {
            let problem = refused(send(&gateway, "", content_type, body.clone()).await, 400, "INVALID_BODY").await;
            assert!(problem["detail"].as_str().unwrap().ends_with("nothing was written"), "{problem:#}");
        }
        assert_eq!(gateway.unexported("erp").await.len(), 0);
        assert_eq!(gateway.data("{ imports { nodes { id } } }", json!({})).await["imports"]["nodes"], json!([]));
    }

    /// The connection ends before the body does, in the middle of the second file.
    async fn a_form_that_breaks_off_loads_nothing(gateway: Gateway) {
        let body = form(&[file("demo.txt", DEMO), file("more.txt", &fec(200))]);
        let address = gateway.url.strip_prefix("http://").unwrap();
        let head = format!(
            "POST /v10/imports HTTP/1.1\r\nHost: {address}\r\nContent-Type: {FORM}\r\nContent-Length: {}\r\n\r\n", body.len()
        );
        let mut connection = TcpStream::connect(address).await.unwrap();
        connection.write_all(head.as_bytes()).await.unwrap();
        connection.write_all(&body.as_bytes()[..body.len() - 2_000]).await.unwrap();
        connection.shutdown().await.unwrap();
        let mut rest = Vec::new();
        connection.read_to_end(&mut rest).await.unwrap();
        assert!(!rest.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&rest));
        assert_eq!(gateway.unexported("erp").await.len(), 0);
        // It holds no turn and no place.
        assert_eq!(answer(send(&gateway, "", FORM, body).await).await["inserted"], 257);
    }

    async fn a_large_form_is_taken_and_endless_headers_are_not(gateway: Gateway) {
        // A description long enough to pass the limit of other bodies.
        let long = fec(1_200).replace("\tFacture ", &format!("\t{} ", "x".repeat(1_900)));
        assert!(long.len() > 2_200_000, "{}", long.len());
        let told = answer(send(&gateway, "", FORM, form(&[file("long.txt", &long), file("demo.txt", DEMO)])).await).await;
        assert_eq!(told["inserted"], 1_257, "{told}");
        let header = format!("name=\"file\"; filename=\"a.txt\"\r\nX-Long: {}", "x".repeat(3 << 20));
        let problem = refused(send(&gateway, "", FORM, form(&[part(&header, DEMO)])).await, 422, "INVALID_FILE").await;
        assert!(problem["detail"].as_str().unwrap().contains("headers"), "{problem:#}");
    }

    /// A browser sends a form or a text for any page, without asking first.
    async fn pages_of_other_sites_may_not_import(gateway: Gateway) {
        for (content_type, body) in [(FORM, form(&[file("demo.txt", DEMO)])), ("text/plain", DEMO.to_owned())] {
            for (site, status) in [("cross-site", 403), ("same-site", 403), ("same-origin", 200), ("none", 200)] {
                let request = gateway.request(Method::POST, "/v10/imports?dry_run=true").body(body.clone());
                let request = request.header("content-type", content_type).header("sec-fetch-site", site);
                let response = request.header("origin", "https://elsewhere.example.com").send().await.unwrap();
                assert_eq!(response.status(), status, "{site} {content_type}");
            }
        }
    }
}

#[tokio::test]
async fn a_form_is_bounded_as_a_file_is() {
    let gateway = Gateway::on_sqlite_with(&[("LEDGATE_HTTP_IMPORT_LIMIT_BYTES", "5000")]).await;
    let body = form(&[file("one.txt", &fec(40)), file("two.txt", &fec(40))]);
    assert!((5_000..8_000).contains(&body.len()), "{}", body.len());
    refused(send(&gateway, "", FORM, body.clone()).await, 413, "PAYLOAD_TOO_LARGE").await;
    // Of a stream nobody knows the length beforehand.
    let pieces: Vec<Result<String, std::io::Error>> =
        body.as_bytes().chunks(1_000).map(|piece| Ok(String::from_utf8(piece.to_vec()).unwrap())).collect();
    let request = gateway.request(Method::POST, "/v10/imports").header("content-type", FORM);
    let stream = reqwest::Body::wrap_stream(futures_util::stream::iter(pieces));
    let problem = refused(request.body(stream).send().await.unwrap(), 422, "INVALID_FILE").await;
    assert!(problem["detail"].as_str().unwrap().contains("more than 5000 bytes"), "{problem:#}");
    assert_eq!(gateway.unexported("erp").await.len(), 0);
}
