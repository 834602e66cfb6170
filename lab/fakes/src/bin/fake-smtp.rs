//! A mail server that keeps what it is sent, with the time at which each message began to come; and a `sendmail` that sends to it, so that
//! two programs that send mail are compared by one clock.
//!
//! ```text
//! fake-smtp serve PORT FOLDER    FOLDER/N.eml has a message; FOLDER/log a line for each: nanoseconds at DATA, sender, subject
//! fake-smtp send PORT            a message on standard input, as `sendmail -t` takes it
//! fake-smtp now                  nanoseconds by the same clock (CLOCK_MONOTONIC)
//! ```

use std::fs::{OpenOptions, create_dir_all};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, io, process, thread};

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["serve", port, folder] => serve(port, Path::new(folder)),
        ["send", port, ..] => send(port),
        ["now"] => {
            println!("{}", now());
            Ok(())
        }
        _ => {
            eprintln!("fake-smtp serve PORT FOLDER | send PORT | now");
            process::exit(64);
        }
    };
    if let Err(error) = done {
        eprintln!("fake-smtp: {error}");
        process::exit(74);
    }
}

fn now() -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    #[expect(unsafe_code, reason = "a system call")]
    // SAFETY: `time` is one that may be written.
    unsafe {
        libc::clock_gettime(libc::CLOCK_MONOTONIC, &mut time);
    }
    time.tv_sec.unsigned_abs() * 1_000_000_000 + time.tv_nsec.unsigned_abs()
}

fn serve(port: &str, folder: &Path) -> io::Result<()> {
    create_dir_all(folder)?;
    let listener = TcpListener::bind(format!("127.0.0.1:{port}"))?;
    let messages = &*Box::leak(Box::new(AtomicU32::new(0)));
    for stream in listener.incoming().flatten() {
        let folder = folder.to_owned();
        thread::spawn(move || drop(talk(stream, folder, messages)));
    }
    Ok(())
}

fn talk(stream: TcpStream, folder: PathBuf, messages: &AtomicU32) -> io::Result<()> {
    let mut to = stream.try_clone()?;
    let mut from = BufReader::new(stream);
    to.write_all(b"220 lab ESMTP\r\n")?;
    let (mut line, mut sender) = (String::new(), String::new());
    while {
        line.clear();
        from.read_line(&mut line)?
    } > 0
    {
        let command = line.trim().to_ascii_uppercase();
        let reply = match command.split([' ', ':']).next().unwrap_or_default() {
            "EHLO" => "250-lab\r\n250 8BITMIME\r\n",
            "MAIL" => {
                sender = line.trim().to_owned();
                "250 ok\r\n"
            }
            "DATA" => {
                let at = now();
                to.write_all(b"354 go on\r\n")?;
                let message = body(&mut from)?;
                let number = messages.fetch_add(1, Ordering::SeqCst);
                std::fs::write(folder.join(format!("{number}.eml")), &message)?;
                let subject =
                    message.lines().find(|line| line.to_ascii_lowercase().starts_with("subject:")).unwrap_or_default();
                let mut log = OpenOptions::new().create(true).append(true).open(folder.join("log"))?;
                log.write_all(format!("{at} {sender} {subject}\n").as_bytes())?;
                "250 kept\r\n"
            }
            "QUIT" => {
                to.write_all(b"221 bye\r\n")?;
                return Ok(());
            }
            _ => "250 ok\r\n",
        };
        to.write_all(reply.as_bytes())?;
    }
    Ok(())
}

fn body(from: &mut impl BufRead) -> io::Result<String> {
    let (mut message, mut line) = (String::new(), Vec::new());
    while {
        line.clear();
        from.read_until(b'\n', &mut line)?
    } > 0
    {
        let text = String::from_utf8_lossy(&line);
        if text.trim_end() == "." {
            break;
        }
        message.push_str(text.strip_prefix('.').unwrap_or(&text));
    }
    Ok(message)
}

fn send(port: &str) -> io::Result<()> {
    let mut message = String::new();
    // What mdadm writes ends with the pipe.
    io::stdin().read_to_string(&mut message)?;
    let stream = TcpStream::connect(format!("127.0.0.1:{port}"))?;
    let (mut to, mut from) = (stream.try_clone()?, BufReader::new(stream));
    let mut line = String::new();
    from.read_line(&mut line)?;
    for command in ["HELO lab", "MAIL FROM:<mdadm@lab>", "RCPT TO:<root@lab>", "DATA"] {
        to.write_all(format!("{command}\r\n").as_bytes())?;
        from.read_line(&mut line)?;
    }
    for line in message.lines() {
        let dot = if line.starts_with('.') { "." } else { "" };
        to.write_all(format!("{dot}{line}\r\n").as_bytes())?;
    }
    to.write_all(b".\r\nQUIT\r\n")?;
    from.read_line(&mut line).map(drop)
}
