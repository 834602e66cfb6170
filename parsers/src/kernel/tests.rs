use proptest::prelude::*;

use super::{kmsg, proc};

#[test]
fn records_of_kmsg() {
    let check = |input: &str, expect: &str| {
        let said = kmsg::record(input.as_bytes()).map_or("none".to_owned(), |record| {
            format!(
                "{} {:?} {} {} {} {:?} {:?} {:?} {:?}",
                if record.priority.is_kernel() { "kernel" } else { "other" },
                record.priority.level(),
                record.sequence,
                record.micros,
                record.continuation,
                record.fields,
                record.text,
                record.dictionary,
                record.not_understood
            )
        });
        assert_eq!(said, expect, "{input}");
    };
    check(
        "6,1234,5678901,-;md: md0: recovery done.\n",
        r#"kernel Info 1234 5678901 false [] "md: md0: recovery done." [] []"#,
    );
    check(
        "3,9,17,-,caller=T12;sd 0:0:0:0: [sdq] bad; news\n SUBSYSTEM=scsi\n DEVICE=+scsi:0:0:0:0\n",
        r#"kernel Error 9 17 false ["caller=T12"] "sd 0:0:0:0: [sdq] bad; news" [("SUBSYSTEM", "scsi"), ("DEVICE", "+scsi:0:0:0:0")] []"#,
    );
    check(
        "4,1,2,c;a\\x0ab\\x5cx41 \\xzz\\xc3\\xa9\\xff\\x4",
        "kernel Warning 1 2 true [] \"a\\nb\\\\x41 \\\\xzzé\u{fffd}\\\\x4\" [] []",
    );
    check("12,1,2,-;md: md0: recovery done.\n", r#"other Warning 1 2 false [] "md: md0: recovery done." [] []"#);
    check("6,1,2,-;x\nstray\n", r#"kernel Info 1 2 false [] "x" [] ["stray"]"#);
    check("6,1,2;x", r#"kernel Info 1 2 false [] "x" [] []"#);
    check("6,1;x", "none");
    check("six,1,2,-;x", "none");
    check("", "none");
    let record = kmsg::record(b"6,1,2,-;x\n DEVICE=b8:0\n").expect("a record");
    assert_eq!(record.device(), Some("b8:0"));
}

#[test]
fn lines() {
    let check = |input: &[u8], expect: &str| {
        let said = kmsg::line(input).map_or("none".to_owned(), |line| {
            format!(
                "{:?} {:?} {:?} {:?} {}",
                line.priority.map(kmsg::Priority::level),
                line.micros,
                line.written,
                line.host,
                line.text
            )
        });
        assert_eq!(said.replace("None", "-").replace("Some", ""), expect, "{}", String::from_utf8_lossy(input));
    };
    check(b"[   12.345678] md: md0: recovery done.", "- (12345678) - - md: md0: recovery done.");
    check(b"[   12.345678]          res 41/04", "- (12345678) - -          res 41/04");
    check(b"<3>[    0.000001][    T1] x", "(Error) (1) - - x");
    check(b"[    0.000001] [T1] x", "- (1) - - [T1] x");
    check(b"[Sat Nov 21 08:42:51 2026] x", "- - (\"Sat Nov 21 08:42:51 2026\") - x");
    check(b"Nov 21 08:42:51 db1 kernel: [   12.345678] x", "- (12345678) (\"Nov 21 08:42:51\") (\"db1\") x");
    check(b"Nov  1 08:42:51 db1 kernel: x kernel: y", "- - (\"Nov  1 08:42:51\") (\"db1\") x kernel: y");
    check(
        b"2026-11-21T08:42:51.123456+00:00 db1 kernel: [12.345678] x",
        "- (12345678) (\"2026-11-21T08:42:51.123456+00:00\") (\"db1\") x",
    );
    check(b"[    1.000000] name \xff\xfe end", "- (1000000) - - name \u{fffd}\u{fffd} end");
    check(b"Nov 21 08:42:51 db1 sshd[7]: kernel: x", "none");
    check(b"Nov 21 08:42:51 db1 cron: hello", "none");
    check(b"[section]", "none");
    check(b"[99999999999999999999.000000] x", "none");
    check(b"", "none");
}

#[test]
fn files_of_proc() {
    let mounts = proc::mountinfo(
        b"36 35 9:0 / /srv/my\\040data rw,noatime shared:1 master:2 - xfs /dev/md0 rw,attr2\n1 1 0:2 / / rw - tmpfs none\nx\n",
    );
    let said: Vec<_> = mounts
        .items
        .iter()
        .map(|mount| {
            let [root, at, source] =
                [&mount.root, &mount.mount_point, &mount.source].map(|path| String::from_utf8_lossy(path));
            let (id, parent, major, minor) = (mount.id, mount.parent, mount.major, mount.minor);
            let (options, of, super_options) = (&mount.options, &mount.fs_type, &mount.super_options);
            format!("{id} {parent} {major}:{minor} {root} {at:?} {options} {of} {source} {super_options}")
        })
        .collect();
    assert_eq!(
        said,
        ["36 35 9:0 / \"/srv/my data\" rw,noatime xfs /dev/md0 rw,attr2", "1 1 0:2 / \"/\" rw tmpfs none "]
    );
    assert_eq!(mounts.not_understood, ["x"]);

    let swaps = proc::swaps(
        b"Filename\t\t\tType\t\tSize\tUsed\tPriority\n/dev/md1    partition\t524284\t12\t-2\n/a\\134b file 1 2\n",
    );
    let swap =
        proc::Swap { path: b"/dev/md1".to_vec(), kind: "partition".into(), size: 524_284, used: 12, priority: -2 };
    assert_eq!((swaps.items, swaps.not_understood), (vec![swap], vec!["/a\\134b file 1 2".to_owned()]));

    let devices = proc::devices(
        b"  7 lost\nCharacter devices:\n  1 mem\n250 megaraid_sas_ioctl\n\nBlock devices:\n  9 md\n259 blkext\n",
    );
    let said: Vec<_> = devices.items.iter().map(|one| format!("{:?} {} {}", one.class, one.major, one.name)).collect();
    assert_eq!(said, ["Character 1 mem", "Character 250 megaraid_sas_ioctl", "Block 9 md", "Block 259 blkext"]);
    assert_eq!(devices.not_understood, ["7 lost"]);

    assert_eq!(proc::btime(b"cpu  1 2\nbtime 1795248000\nprocesses 9\n"), Some(1_795_248_000));
    assert_eq!(proc::btime(b"cpu  1 2\n"), None);
    assert_eq!(proc::uptime(b"350735.47 234388.90\n"), Some(35_073_547));
    assert_eq!(proc::uptime(b"soon\n"), None);
    assert_eq!(
        proc::boot_id(b"0F4A1E2B-7c33-4c58-9e0a-0123456789ab\n").as_deref(),
        Some("0f4a1e2b-7c33-4c58-9e0a-0123456789ab")
    );
    assert_eq!(proc::boot_id(b"0f4a1e2b7c334c589e0a0123456789ab0000"), None);
    assert_eq!(proc::count(b"12\n"), Some(12));
    assert_eq!(proc::count(b"-12\n"), None);
}

proptest! {
    #[test]
    fn any_bytes(bytes: Vec<u8>, text in "(6,1,2,-;|\\[ {3}1\\.000001\\]|Nov 21 08:42:51 h kernel: )?.{0,80}") {
        for bytes in [bytes.as_slice(), text.as_bytes()] {
            let _ = kmsg::record(bytes);
            let _ = kmsg::line(bytes);
            let _ = (proc::mountinfo(bytes), proc::swaps(bytes), proc::devices(bytes));
            let _ = (proc::btime(bytes), proc::uptime(bytes), proc::boot_id(bytes), proc::count(bytes));
        }
    }
}
