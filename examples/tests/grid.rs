//! The demo as people and programs run it: what it prints, and what it says of bad input.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "clippy's leave for tests ends where helpers begin"
)]

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

fn grid() -> Command {
    Command::new(env!("CARGO_BIN_EXE_grid"))
}

mod output {
    use super::*;

    fn text(bytes: &[u8]) -> &str {
        std::str::from_utf8(bytes).unwrap()
    }

    fn json(arguments: &[&str]) -> (Vec<u8>, Value) {
        let output = grid().arg("--json").args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        let value = serde_json::from_slice(&output.stdout).unwrap();
        (output.stdout, value)
    }

    #[test]
    fn people_get_a_plain_report_that_ends_with_conserved() {
        let output = grid().output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        assert!(output.stderr.is_empty(), "{}", text(&output.stderr));
        assert!(!output.stdout.contains(&0x1b), "there are escapes in what a pipe gets");
        let report = text(&output.stdout);
        for title in [
            "Operators",
            "Bids",
            "Race preview",
            "Race by reputation orders",
            "Auction shop",
            "Auction nightly-report",
            "Auction trainer",
            "Nobody for trainer-h100",
            "What happened",
            "Leases, settled",
            "Records, as leases were reported",
            "The same bid again: trainer, but for nonce and window",
        ] {
            assert!(report.lines().any(|line| line == title), "no section is called {title}");
        }
        assert!(report.lines().any(|line| line.starts_with("audited: ")), "{report}");
        assert!(report.lines().last().unwrap().starts_with("conserved: "), "{report}");
    }

    #[test]
    fn programs_get_the_same_in_json() {
        let (_, report) = json(&[]);
        assert_eq!(report["conserved"], Value::Bool(true));
        assert_eq!(report["conservation"]["before"], report["conservation"]["after"]);

        let balances = report["balances"].as_array().unwrap();
        assert!(!balances.is_empty());
        let sum = |when: &str| -> u64 { balances.iter().map(|line| line[when].as_u64().unwrap()).sum() };
        assert!(sum("before") > 0);
        assert_eq!(sum("before"), sum("after"));

        let transactions = report["transactions"].as_array().unwrap();
        assert!(!transactions.is_empty());
        let kinds = |wanted: &[&str]| {
            let of = |one: &&Value| wanted.iter().any(|kind| one["what"].as_str().unwrap().starts_with(kind));
            transactions.iter().filter(of).count() as u64
        };
        let audit = &report["audit"];
        assert_eq!((&audit["clean"], &audit["findings"]), (&Value::Bool(true), &Value::from(0)));
        assert_eq!(audit["allocations"], Value::from(kinds(&["Award ", "Take "])));
        assert_eq!(audit["confirmed"], audit["allocations"]);
        assert_eq!(audit["leads"], Value::from(kinds(&["Lead "])));
        assert!(audit["leads"].as_u64().unwrap() > 0);
        for transaction in transactions {
            let number = |name: &str| transaction[name].as_u64().unwrap();
            assert!(number("memory") <= number("memory_limit"), "{transaction}");
            assert!(number("steps") <= number("steps_limit"), "{transaction}");
        }
        assert!(transactions.iter().any(|transaction| transaction["memory"].as_u64().unwrap() > 0));
    }

    #[test]
    fn every_transaction_is_listed_unless_a_row_for_each_kind_will_do() {
        let [report, brief] =
            [&[][..], &["--brief"]].map(|arguments| grid().args(arguments).output().unwrap());
        let (report, brief) = (text(&report.stdout), text(&brief.stdout));
        let (_, told) = json(&[]);
        for transaction in told["transactions"].as_array().unwrap() {
            let (what, id) = (transaction["what"].as_str().unwrap(), transaction["id"].as_str().unwrap());
            assert!(report.lines().any(|line| line.contains(what) && line.contains(id)), "{what}");
            assert!(!brief.contains(id), "{what}");
        }
    }

    #[test]
    fn the_seed_decides_and_nothing_else_does() {
        let (first, _) = json(&["--seed", "7"]);
        let (again, _) = json(&["--seed", "7"]);
        let (other, _) = json(&["--seed", "8"]);
        assert_eq!(first, again);
        assert_ne!(first, other);
    }

    #[test]
    fn a_reader_may_leave_early() {
        for arguments in [&[][..], &["--json"]] {
            let mut child =
                grid().args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
            // Nobody reads: every write finds the pipe closed.
            drop(child.stdout.take());
            let output = child.wait_with_output().unwrap();
            assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), ""), "{arguments:?}");
        }
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_full_disk_is_told_of() {
        let full = || File::options().write(true).open("/dev/full").unwrap();
        for arguments in [&[][..], &["--json"]] {
            let output = grid().args(arguments).stdout(full()).output().unwrap();
            assert_eq!(output.status.code(), Some(1));
            let message = "grid: standard output: No space left on device (os error 28)\n";
            assert_eq!(text(&output.stderr), message, "{arguments:?}");
        }
        // Where even that cannot be told, the exit code is left.
        let status = grid().arg("nowhere.yaml").stderr(full()).status().unwrap();
        assert_eq!(status.code(), Some(2));
    }
}

/// A bid file that works, and what is wrong with copies of it.
mod input {
    use super::*;

    const WORKLOAD: &str = "\
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example/web:1
      resources:
        requests:
          cpu: 500m
          memory: 1Gi
";

    const BID: &str = "\
workload: web.yaml
price:
  floor: 0.05 ada
  ceiling: 0.4 ada
term:
  period: 1h
  periods: 24
  grace: 2h
bond: 2 ada
window:
  opens: 2m
  closes: 12m
  settles: 22m
method:
  auction:
    price: 1
";

    /// A folder with a bid file and its workload.
    struct Folder(TempDir);

    impl Folder {
        fn new() -> Self {
            let this = Self(tempfile::tempdir().unwrap());
            this.write("web.yaml", WORKLOAD);
            this.write("bid.yaml", BID);
            this
        }

        fn path(&self, name: &str) -> PathBuf {
            self.0.path().join(name)
        }

        fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
            fs::write(self.path(name), bytes).unwrap();
        }

        fn run(&self, files: &[&str]) -> Output {
            grid().current_dir(self.0.path()).args(files).output().unwrap()
        }

        /// Runs the demo and gives the one line that it says, without the name of the program.
        fn refusal(&self, files: &[&str]) -> String {
            let Output { status, stdout, stderr } = self.run(files);
            let said = String::from_utf8(stderr).unwrap();
            assert_eq!(status.code(), Some(2), "{said}");
            assert!(stdout.is_empty(), "it printed before it refused: {said}");
            let line = said.strip_prefix("grid: ").and_then(|rest| rest.strip_suffix('\n')).expect(&said);
            assert!(!line.contains(char::is_control), "{line:?}");
            line.to_owned()
        }
    }

    /// What is said of a bid file in which one text stands for another.
    fn changed(from: &str, to: &str) -> String {
        assert!(BID.contains(from), "{from}");
        let folder = Folder::new();
        folder.write("bid.yaml", BID.replacen(from, to, 1));
        folder.refusal(&["bid.yaml"])
    }

    /// What is said of a workload in which one text stands for another.
    fn workload(from: &str, to: &str) -> String {
        assert!(WORKLOAD.contains(from), "{from}");
        let folder = Folder::new();
        folder.write("web.yaml", WORKLOAD.replacen(from, to, 1));
        folder.refusal(&["bid.yaml"])
    }

    /// What is said of a bid file with these bytes.
    fn bytes(bytes: &[u8]) -> String {
        let folder = Folder::new();
        folder.write("bid.yaml", bytes);
        folder.refusal(&["bid.yaml"])
    }

    #[test]
    fn the_bid_file_that_the_others_come_from_works() {
        let output = Folder::new().run(&["bid.yaml"]);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    }

    #[test]
    fn files_that_are_not_bid_files() {
        let folder = Folder::new();
        fs::create_dir(folder.path("folder.yaml")).unwrap();
        for (file, fault) in [
            ("nowhere.yaml", "No such file or directory (os error 2)"),
            ("folder.yaml", "Is a directory (os error 21)"),
        ] {
            assert_eq!(folder.refusal(&[file]), format!("{file}: {fault}"));
            // One bad file among good ones is enough.
            assert_eq!(folder.refusal(&["bid.yaml", file]), format!("{file}: {fault}"));
        }
        assert_eq!(bytes(b""), "bid.yaml: the file: unexpected end of input at line 1, column 1");
        assert_eq!(bytes(b"\xff\xfe\x00\x80\x81"), "bid.yaml: the file: not UTF-8");
        assert_starts(&bytes(b"price: [1, 2\nbond: }\n"), "bid.yaml: price: line 1 column 8: ");
        assert_starts(&bytes(b"\x00\x01\x02\x03"), "bid.yaml: the file: ");
        assert_starts(&bytes(b"- 1\n- 2\n"), "bid.yaml: the file: ");
        assert_starts(&bytes(BID.replacen("bond", "workload", 1).as_bytes()), "bid.yaml: the file: ");
    }

    #[test]
    fn fields_that_say_something_they_must_not() {
        let amount = "an amount is written as in `1.5 ada` or `1500000 lovelace`, found";
        for (from, to, line) in [
            ("0.05 ada", "0.05", format!("price.floor: line 3 column 10: {amount} \"0.05\"")),
            ("0.05 ada", "-1 ada", format!("price.floor: line 3 column 10: {amount} \"-1 ada\"")),
            ("0.05 ada", "1 ada", "price: the floor 1000000 is above the ceiling 400000".to_owned()),
            ("bond: 2 ada", "bond: 1 lovelace", "bond: the bond 1 is below the fee 96000 on the highest price".into()),
            (
                "closes: 12m",
                "closes: 1m",
                "window.closes: closes after 1m, which is not later than it opens, after 2m".into(),
            ),
            (
                "settles: 22m",
                "settles: 12m",
                "window.settles: at least 5m lie between closing after 12m and settling after 12m".into(),
            ),
            (
                "price: 1\n",
                "price: 1.1\n",
                "method.auction.price: line 16 column 12: a weight is a number from 0 to 1 with at most six decimals, \
                 found \"1.1\""
                    .into(),
            ),
            ("periods: 24", "periods: 0", "term.periods: there is at least 1 period, found none".into()),
            ("period: 1h", "period: 1s", "term.period: a period lasts at least 60000 ms, found 1000".into()),
        ] {
            assert_eq!(changed(from, to), format!("bid.yaml: {line}"));
        }
        let unknown = changed("bond:", "colour: red\nbond:");
        assert_starts(
            &unknown,
            "bid.yaml: colour: line 9 column 1: unknown field `colour`, expected one of ",
        );
        let missing = changed("bond: 2 ada\n", "");
        assert!(missing.starts_with("bid.yaml: ") && missing.contains("missing field `bond`"), "{missing}");
    }

    #[test]
    fn methods_by_their_names() {
        let method = |text: &str| {
            let folder = Folder::new();
            folder.write("bid.yaml", BID.replacen("method:\n  auction:\n    price: 1\n", text, 1));
            folder
        };
        for (text, kind) in [
            ("method:\n  race: {}\n", "race"),
            ("method:\n  race:\n    ramp: 5m\n", "race"),
            ("method:\n  reputation:\n    head_start: 6m\n", "reputation"),
            ("method:\n  reputation:\n    head_start: 3m\n    ramp: 90s\n", "reputation"),
        ] {
            let output = method(text).run(&["--json", "bid.yaml"]);
            assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
            let report: Value = serde_json::from_slice(&output.stdout).unwrap();
            assert_eq!(report["conserved"], Value::Bool(true));
            assert_eq!(report["bids"][0]["method"]["kind"], kind);
            assert_eq!(report["races"][0]["bid"], "bid");
            assert_eq!(report["leases"][0]["ended"], "completed");
        }
        let refusal = |text: &str| method(text).refusal(&["bid.yaml"]);
        assert_eq!(
            refusal("method:\n  reputation:\n    head_start: 0s\n"),
            "bid.yaml: method.reputation.head_start: longer than 0, or the method is a race"
        );
        let missing = refusal("method:\n  reputation: {}\n");
        assert!(missing.contains("missing field `head_start`"), "{missing}");
        let unknown = refusal("method:\n  lottery: {}\n");
        assert!(unknown.contains("unknown variant `lottery`"), "{unknown}");
        // From so low a floor the price rises too slowly for anybody.
        let slow = BID.replacen("auction:\n    price: 1\n", "race:\n    ramp: 30d\n", 1);
        let folder = Folder::new();
        folder.write("bid.yaml", slow.replacen("floor: 0.05 ada", "floor: 1 lovelace", 1));
        assert_starts(
            &folder.refusal(&["bid.yaml"]),
            "bid.yaml: window.closes: no operator can answer this bid: alder: would come ",
        );
    }

    #[test]
    fn workloads_that_cannot_be_read() {
        let missing = changed("web.yaml", "nowhere.yaml");
        assert_eq!(missing, "bid.yaml: workload: nowhere.yaml: No such file or directory (os error 2)");
        let bad = workload("500m", "500q");
        assert!(bad.starts_with("bid.yaml: workload: web.yaml: "), "{bad}");
        assert!(bad.contains("cpu") && bad.contains("500q"), "{bad}");
    }

    #[test]
    fn preferences_for_what_is_not_needed_or_no_quantity() {
        let prefer = |what: &str| changed("method:", &format!("prefer:\n  {what}\nmethod:"));
        let not_needed = prefer("nvidia.com/gpu: \"1\"");
        assert_eq!(not_needed, "bid.yaml: prefer.nvidia.com/gpu: the workload asks for no nvidia.com/gpu");
        assert_starts(&prefer("cpu: much"), "bid.yaml: prefer.cpu: ");
        let less = prefer("cpu: 100m");
        assert_starts(&less, "bid.yaml: prefer.cpu: 100 is less than the 500 ");
        // What would break the line is escaped.
        assert_eq!(prefer("\"x\\ny\": 1"), "bid.yaml: prefer.x\\ny: the workload asks for no x\\ny");
    }

    #[test]
    fn what_only_programmers_understand_is_not_said() {
        let twice = changed("bond:", "bond: 1 ada\nbond:");
        assert_starts(&twice, "bid.yaml: ");
        assert!(twice.ends_with("duplicate mapping key: bond"), "{twice}");
        let fraction = changed("periods: 24", "periods: 24.5");
        assert!(fraction.contains("not a whole number"), "{fraction}");
        let weightless = changed("price: 1\n", "price: 0\n");
        let fault = "one of the weights price, fit and reputation is above 0";
        assert_eq!(weightless, format!("bid.yaml: method.auction: {fault}"));
    }

    #[test]
    fn bids_that_nobody_can_answer() {
        let low = "floor: 1 lovelace\n  ceiling: 2 lovelace";
        let dear = changed("floor: 0.05 ada\n  ceiling: 0.4 ada", low);
        assert_starts(&dear, "bid.yaml: price.ceiling: no operator can answer this bid: alder: asks for ");
        let nowhere = changed("method:", "labels:\n  region: mars\nmethod:");
        assert_starts(&nowhere, "bid.yaml: labels: no operator can answer this bid: alder: ");
        let unknown = changed("method:", "endorsed:\n  region: mars\nmethod:");
        assert_starts(&unknown, "bid.yaml: endorsed: no operator can answer this bid: alder: ");
        let large = workload("500m", "5000");
        let fault = "no operator can answer this bid: alder: 5000000 of cpu is more than a slot's capacity of 16000; ";
        assert_starts(&large, &format!("bid.yaml: workload: {fault}"));
    }

    #[test]
    fn more_than_a_run_can_take() {
        let folder = Folder::new();
        let bids = ["bid.yaml"; 16];
        assert_eq!(folder.refusal(&bids), "a run takes at most 15 bid files, found 16");
        folder.write("later.yaml", BID.replacen("settles: 22m", "settles: 32m", 1));
        assert_eq!(
            folder.refusal(&["bid.yaml", "later.yaml"]),
            "later.yaml: window: not that of bid.yaml, and all bids of a run open, close and settle together"
        );
        assert_eq!(
            changed("closes: 12m", "closes: 2m 60s"),
            "bid.yaml: window.closes: a run needs at least 1m 1s between opening and closing"
        );
        folder.write(
            "bid.yaml",
            BID.replacen("0.4 ada", "41 ada", 1).replacen("bond: 2 ada", "bond: 10 ada", 1),
        );
        assert_starts(&folder.refusal(&["bid.yaml"]), "bid.yaml: price.ceiling: the bid locks ");
        assert_starts(
            &changed("bond: 2 ada", "bond: 1001 ada"),
            "bid.yaml: bond: the operators put up at most ",
        );
    }

    #[test]
    fn one_file_twice_makes_two_bids_and_times_need_not_fall_on_seconds() {
        let folder = Folder::new();
        folder.write("bid.yaml", BID.replacen("opens: 2m", "opens: 2m 1ms", 1));
        let output = folder.run(&["--json", "bid.yaml", "bid.yaml"]);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(report["conserved"], Value::Bool(true));
        let names: Vec<_> = report["bids"].as_array().unwrap().iter().map(|bid| &bid["name"]).collect();
        assert_eq!(names, ["bid", "bid 2"]);
    }

    #[test]
    fn the_bids_that_come_with_the_demo_are_read_from_anywhere() {
        let bids = Path::new(env!("CARGO_MANIFEST_DIR")).join("bids/shop.yaml");
        let output = Folder::new().run(&[bids.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    }

    fn assert_starts(line: &str, start: &str) {
        assert!(line.starts_with(start), "{line}");
    }
}
