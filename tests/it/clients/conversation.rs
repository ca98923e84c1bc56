//! A client in a process of its own: a line of JSON asks for an operation, a line of JSON says what the client showed.

use std::io::{BufRead, BufReader, Read, Seek, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::{Client, Shown};

/// No test waits longer than this for an answer: it fails and shows what the client said instead.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program that holds a client. Killed when it is dropped.
pub struct Conversation {
    child: Child,
    questions: ChildStdin,
    answers: UnboundedReceiver<String>,
    complaints: std::fs::File,
}

impl Drop for Conversation {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Conversation {
    /// Starts the program.
    pub fn start(command: &mut Command) -> Self {
        let complaints = tempfile::tempfile().unwrap();
        let mut child = command
            .env("NO_PROXY", "127.0.0.1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(complaints.try_clone().unwrap())
            .spawn()
            .unwrap_or_else(|error| {
                panic!("{command:?} cannot be run ({error}): scripts/setup and scripts/tools install it")
            });
        let questions = child.stdin.take().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (sender, answers) = unbounded_channel();
        std::thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Self { child, questions, answers, complaints }
    }

    /// What the program answers to this, as it stands in the line.
    async fn answer(&mut self, operation: &str, variables: Value) -> Value {
        let question = json!({ "operation": operation, "variables": variables });
        // A program that has ended is reported with its own words.
        writeln!(self.questions, "{question}").ok();
        let line = tokio::time::timeout(PATIENCE, self.answers.recv()).await;
        let Ok(Some(line)) = line else {
            panic!("no answer to {question}; the client said: {}", self.complaint())
        };
        serde_json::from_str(&line).unwrap_or_else(|_| panic!("the client printed {line}"))
    }

    fn complaint(&mut self) -> String {
        let mut text = String::new();
        self.complaints.rewind().unwrap();
        self.complaints.read_to_string(&mut text).unwrap();
        text
    }

    /// The requests that the client has sent since this was last asked.
    pub async fn requests(&mut self) -> Vec<Value> {
        self.answer("requests", json!({})).await["data"].as_array().unwrap().clone()
    }
}

impl Client for Conversation {
    async fn ask(&mut self, operation: &str, variables: Value) -> Shown {
        let mut answer = self.answer(operation, variables).await;
        let errors = answer["errors"].as_array().into_iter().flatten();
        let said = |error: &Value| error["code"].as_str().or(error["message"].as_str()).unwrap().to_owned();
        let errors = errors.map(said).collect();
        let mut data = answer["data"].take();
        without_type_names(&mut data);
        Shown { data, errors }
    }
}

/// Takes out what urql and Apollo ask for of themselves.
fn without_type_names(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.remove("__typename");
            fields.values_mut().for_each(without_type_names);
        }
        Value::Array(items) => items.iter_mut().for_each(without_type_names),
        _ => {}
    }
}
