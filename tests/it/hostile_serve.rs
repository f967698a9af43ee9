//! `vniah serve` and clients that mean no good: script in names, other hosts, heads without end, connections without number.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::bench::Bench;
use super::recipes::{Served, get, serve};

const TASK: &str = "[[tasks]]\ntype = \"cnt_edit1\"\n";
const NAME: &str = "videos/cnt_edit1-bar-0.mp4";

fn bench() -> Bench {
    let bench = Bench::new(TASK);
    bench.made("set");
    bench
}

/// Sends bytes, and gives the first line of the answer; empty where the connection ends without one.
fn first_line(base: &str, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(base.strip_prefix("http://").unwrap()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    // A server that has read enough may close before all is sent.
    drop(stream.write_all(bytes));
    let mut line = String::new();
    drop(BufReader::new(stream).read_line(&mut line));
    line.trim().to_owned()
}

#[test]
fn names_of_videos_are_text_in_the_index_and_lead_to_their_videos() {
    let bench = bench();
    let name = "videos/x\"><script>document.title=\"PWNED\"<&'#?%41 ü.mp4";
    let rows = fs::read_to_string(bench.path("set/metadata.jsonl")).unwrap();
    let json = serde_json::to_string(name).unwrap();
    bench.write("set/metadata.jsonl", &rows.replace(&format!("\"{NAME}\""), &json));
    fs::rename(bench.path("set").join(NAME), bench.path("set").join(name)).unwrap();
    let (_served, base) = serve(&bench, "set");
    // The front page holds the name as data of its own script alone.
    let (status, _, front) = get("GET", &format!("{base}/"), &[]);
    let front = String::from_utf8(front).unwrap();
    assert_eq!((status, front.matches("<script").count(), front.matches("PWNED").count()), (200, 2, 1));
    assert!(front.contains("videos/x%22%3E%3Cscript%3Edocument.title%3D%22PWNED%22%3C"), "{front}");
    let (status, _, page) = get("GET", &format!("{base}/list"), &[]);
    let page = String::from_utf8(page).unwrap();
    assert_eq!(status, 200);
    assert!(!page.contains("<script"), "{page}");
    let shown =
        "videos/x&quot;&gt;&lt;script&gt;document.title=&quot;PWNED&quot;&lt;&amp;&#39;#?%41 ü.mp4</a>";
    assert!(page.contains(shown), "{page}");
    let (_, rest) = page.split_once("<a href=\"videos/x").unwrap();
    let address = format!("{base}/videos/x{}", rest.split_once('"').unwrap().0);
    let (status, _, body) = get("GET", &address, &[]);
    assert!(status == 200 && body == fs::read(bench.path("set").join(name)).unwrap(), "{address}: {status}");
}

#[test]
fn only_this_machine_is_answered_by_its_address_and_by_localhost() {
    let bench = bench();
    let (_served, base) = serve(&bench, "set");
    let ask = |target: &str, host: &str| {
        first_line(&base, format!("GET {target} HTTP/1.1\r\n{host}\r\n").as_bytes())
    };
    for host in ["127.0.0.1", "localhost", "LOCALHOST:8017", "[::1]:80", "10.0.0.7:1"] {
        assert_eq!(ask("/metadata.jsonl", &format!("Host: {host}\r\n")), "HTTP/1.1 200 OK", "{host}");
    }
    for host in ["evil.example", "evil.example:8017", "localhost.evil.example", "x"] {
        let host = format!("Host: {host}\r\n");
        assert_eq!(ask("/metadata.jsonl", &host), "HTTP/1.1 421 Misdirected Request", "{host}");
    }
    let absolute = ask("http://evil.example/metadata.jsonl", "Host: localhost\r\n");
    assert_eq!(absolute, "HTTP/1.1 421 Misdirected Request");
    assert_eq!(ask("/metadata.jsonl", ""), "HTTP/1.1 400 Bad Request");
    // Signs are no part of a range.
    for range in ["bytes=+1-+5", "bytes=+1-5", "bytes=-+5"] {
        assert_eq!(get("GET", &format!("{base}/{NAME}"), &[("Range", range)]).0, 200, "{range}");
    }
}

#[test]
fn heads_have_a_limit() {
    let bench = bench();
    let (served, base) = serve(&bench, "set");
    let fields = |count: usize, length: usize| {
        let value = "a".repeat(length);
        let fields: Vec<String> = (0..count).map(|at| format!("X-{at}: {value}\r\n")).collect();
        let fields = fields.concat();
        format!("GET / HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n")
    };
    assert_eq!(first_line(&base, fields(50, 100).as_bytes()), "HTTP/1.1 200 OK");
    assert_eq!(first_line(&base, fields(200, 1).as_bytes()), "HTTP/1.1 431 Request Header Fields Too Large");
    // What is sent beyond the limit may reset the connection before the answer is read.
    for head in [fields(1, 64 << 20), format!("GET /{} HTTP/1.1\r\n", "a".repeat(64 << 20))] {
        let line = first_line(&base, head.as_bytes());
        assert!(line.is_empty() || line.contains(" 431 ") || line.contains(" 414 "), "{line}");
    }
    let status = fs::read_to_string(format!("/proc/{}/status", served.0.id())).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let kilobytes: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
    assert!(kilobytes < 100_000, "{kilobytes} kB");
}

#[test]
fn connections_without_number_hold_up_no_process() {
    let bench = bench();
    // 64 descriptors, and more connections than those; fewer than the system keeps waiting.
    let command = format!("ulimit -n 64; exec {} serve set --port 0", env!("CARGO_BIN_EXE_vniah"));
    let mut shell = Command::new("sh");
    shell.args(["-c", &command]).current_dir(bench.dir.path()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut served = Served(shell.spawn().unwrap());
    let mut line = String::new();
    BufReader::new(served.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim().strip_prefix("http://").unwrap().to_owned();
    let idle: Vec<TcpStream> = (0..100).map(|_| TcpStream::connect(&address).unwrap()).collect();
    std::thread::sleep(Duration::from_millis(500));
    assert!(served.0.try_wait().unwrap().is_none(), "the server is still there");
    let threads =
        vniah::files::sorted_dir(Path::new(&format!("/proc/{}/task", served.0.id()))).unwrap().len();
    assert!(threads < 50, "{threads} threads");
    drop(idle);
    // Once they are gone, everybody is answered again.
    let mut stream = TcpStream::connect(&address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    write!(stream, "GET /{NAME} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    assert!(
        answer.starts_with(b"HTTP/1.1 200 OK"),
        "{}",
        String::from_utf8_lossy(&answer[..80.min(answer.len())])
    );
    assert!(answer.ends_with(&fs::read(bench.path("set").join(NAME)).unwrap()));
}
