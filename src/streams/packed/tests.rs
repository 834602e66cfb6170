use super::{Packing, Unpacker};
use flate2::{Compression, Crc, GzBuilder, write::GzEncoder};
use liblzma::write::XzEncoder;
use proptest::prelude::*;
use std::io::{self, Read, Write};

/// Packs the parts, and flushes behind each but the last; with the length of what was written until then.
fn pack_in_parts(packing: Packing, parts: &[&[u8]]) -> (Vec<u8>, usize) {
    fn write<W: Write>(mut encoder: W, parts: &[&[u8]], length: impl Fn(&W) -> usize) -> io::Result<(W, usize)> {
        let mut flushed = 0;
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                // One flush of the xz encoder leaves something in its own buffer.
                encoder.flush()?;
                encoder.flush()?;
                flushed = length(&encoder);
            }
            encoder.write_all(part)?;
        }
        Ok((encoder, flushed))
    }
    let packed = match packing {
        Packing::Gzip => write(GzEncoder::new(Vec::new(), Compression::default()), parts, |to| to.get_ref().len())
            .and_then(|(encoder, flushed)| Ok((encoder.finish()?, flushed))),
        Packing::Xz => write(XzEncoder::new(Vec::new(), 1), parts, |to| to.get_ref().len())
            .and_then(|(encoder, flushed)| Ok((encoder.finish()?, flushed))),
        Packing::Zstd => zstd::Encoder::new(Vec::new(), 1).and_then(|mut encoder| {
            encoder.include_checksum(true)?;
            let (encoder, flushed) = write(encoder, parts, |to| to.get_ref().len())?;
            Ok((encoder.finish()?, flushed))
        }),
    };
    packed.expect("a vector can be written")
}

fn pack(packing: Packing, bytes: &[u8]) -> Vec<u8> {
    pack_in_parts(packing, &[bytes]).0
}

/// Gives no more than so many bytes at once, as a pipe may.
struct Slow<'a>(&'a [u8], usize);

impl Read for Slow<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let room = buffer.len().min(self.1);
        self.0.read(&mut buffer[..room])
    }
}

/// What comes out, and what is wrong. The same comes out however the bytes come in and are asked for; how far the file was read when it
/// was found to be corrupt may differ.
fn unpack(packing: Packing, packed: &[u8]) -> (Vec<u8>, Option<String>) {
    let unpack = |at_once: usize, room: usize| {
        let mut unpacker = Unpacker::new(packing).expect("memory");
        let mut from = Slow(packed, at_once);
        let mut all = Vec::new();
        let mut buffer = vec![0; room];
        loop {
            let length = unpacker.fill(&mut from, &mut buffer).expect("a slice can be read");
            all.extend_from_slice(&buffer[..length]);
            if length < room {
                return (all, unpacker.trouble().map(ToString::to_string));
            }
        }
    };
    let one = unpack(usize::MAX, 1 << 20);
    for (at_once, room) in [(1, 1 << 20), (7, 1000), (4096, 333)] {
        let other = unpack(at_once, room);
        assert!(other.0 == one.0, "{packing:?}, {at_once} bytes at once into {room}");
        assert_eq!(other.1.is_some(), one.1.is_some(), "{packing:?}, {at_once} bytes at once into {room}");
    }
    one
}

fn check(packing: Packing, packed: &[u8], expected: &[u8], trouble: Option<&str>) {
    let (unpacked, told) = unpack(packing, packed);
    assert_eq!(told.as_deref(), trouble, "{packing:?}");
    assert!(unpacked == expected, "{packing:?}: {} bytes for {}", unpacked.len(), expected.len());
}

/// Text that packs well, then bytes that do not.
fn content() -> Vec<u8> {
    let mut content: Vec<u8> = (0..9_000).flat_map(|line| format!("line {line} of a log\n").into_bytes()).collect();
    let mut state = 1_u64;
    content.extend((0..90_000).map(|_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state.to_be_bytes()[0]
    }));
    content
}

#[test]
fn whole_files() {
    let content = content();
    for packing in Packing::ALL {
        let (one, none) = (pack(packing, &content), pack(packing, b""));
        assert_eq!(Packing::of(&one), Some(packing));
        check(packing, &one, &content, None);
        check(packing, &none, b"", None);
        check(packing, &[none.as_slice(), &one, &none, &one, &none].concat(), &content.repeat(2), None);
    }
}

#[test]
fn headers_with_all_that_the_standards_allow() {
    let long = vec![b'n'; 100_000];
    for builder in [
        GzBuilder::new().filename("RaidEvt.log").comment("kept").extra([7; 300]).mtime(1),
        GzBuilder::new().filename(long).extra([]),
    ] {
        let mut encoder = builder.write(Vec::new(), Compression::fast());
        encoder.write_all(b"content").expect("a vector");
        check(Packing::Gzip, &encoder.finish().expect("a vector"), b"content", None);
    }
    // No builder writes the sum of a header.
    let mut packed = pack(Packing::Gzip, b"content");
    packed[3] |= 2;
    let mut sum = Crc::new();
    sum.update(&packed[..10]);
    packed.splice(10..10, sum.sum().to_le_bytes()[..2].iter().copied());
    check(Packing::Gzip, &packed, b"content", None);
    packed[4] ^= 1;
    let wrong = "unpacking failed at byte 12 of the file: the checksum of the gzip header does not match; what follows it is not read";
    check(Packing::Gzip, &packed, b"", Some(wrong));

    let skippable = [&[0x5a, 0x2a, 0x4d, 0x18, 4, 0, 0, 0][..], b"skip"].concat();
    let frame = pack(Packing::Zstd, b"content");
    assert_eq!(Packing::of(&skippable), Some(Packing::Zstd));
    check(Packing::Zstd, &[skippable.as_slice(), &frame, &skippable, &frame].concat(), b"contentcontent", None);
    let stream = pack(Packing::Xz, b"content");
    check(Packing::Xz, &[stream.as_slice(), &[0; 8], &stream, &[0; 4]].concat(), b"contentcontent", None);
}

#[test]
fn what_stands_behind_the_data() {
    for (packing, member, behind, what) in [
        (Packing::Gzip, "member", &[0; 512][..], "512 NUL bytes"),
        (Packing::Gzip, "member", b"garbage", "7 bytes that are none"),
        (Packing::Gzip, "member", b"\0\x1f\x8b\x08", "4 bytes that are none"),
        (Packing::Zstd, "frame", &[0; 70_000], "70,000 NUL bytes"),
        (Packing::Zstd, "frame", b"a line\n", "7 bytes that are none"),
        (Packing::Xz, "stream", b"garbage", "7 bytes that are none"),
        (Packing::Xz, "stream", &[0; 6], "6 NUL bytes"),
        (Packing::Xz, "stream", b"\0\0\0\xfd7zXZ\0", "9 bytes that are none"),
    ] {
        let packed = pack(packing, b"content");
        let name = packing.name();
        let told =
            format!("behind the last {name} {member}, from byte {} of the file, {what} are not read", packed.len());
        check(packing, &[&packed, behind].concat(), b"content", Some(&told));
    }
}

/// A flush lets all before it be unpacked; the block behind it begins with a byte that no block of any of the formats begins with.
#[test]
fn all_before_corrupt_data_is_given_out() {
    let content = content();
    for packing in Packing::ALL {
        for length in [1, 40_000, 160_000, content.len()] {
            let before = &content[..length];
            let (mut packed, flushed) = pack_in_parts(packing, &[before, b"behind"]);
            packed[flushed] = 7;
            let (unpacked, trouble) = unpack(packing, &packed);
            assert!(unpacked == before, "{packing:?}: {} bytes for {length}", unpacked.len());
            let trouble = trouble.expect("is corrupt");
            assert!(trouble.contains(&format!("the {} data is corrupt; what follows", packing.name())), "{trouble}");
        }
    }
}

#[test]
fn a_wrong_checksum() {
    let content = content();
    for (packing, from_end, why) in
        [(Packing::Gzip, 8, "the gzip checksum does not match"), (Packing::Zstd, 1, "the zstd checksum does not match")]
    {
        let mut packed = pack(packing, &content);
        let at = packed.len() - from_end;
        packed[at] ^= 1;
        let told = format!("unpacking failed at byte {} of the file: {why}", crate::words::count(packed.len() as u64));
        let (unpacked, trouble) = unpack(packing, &packed);
        // zstd holds the last block back until its checksum is judged; it is the same call of the library.
        assert!(content.starts_with(&unpacked) && unpacked.len() + 128 * 1024 >= content.len());
        assert!(packing != Packing::Gzip || unpacked == content);
        assert!(trouble.as_ref().is_some_and(|trouble| trouble.starts_with(&told)), "{trouble:?}, {told}");
    }
}

#[test]
fn no_header_takes_more_memory_than_there_is_for_it() {
    let mut xz = pack(Packing::Xz, b"content");
    // The dictionary's size, in the header of the first block: 4 GiB.
    let header = 12..12 + (usize::from(xz[12]) + 1) * 4;
    assert_eq!(xz[14..16], [0x21, 1]);
    xz[16] = 40;
    let mut sum = Crc::new();
    sum.update(&xz[header.start..header.end - 4]);
    xz[header.end - 4..header.end].copy_from_slice(&sum.sum().to_le_bytes());
    // A window of 2 GiB, and an empty last block.
    let zstd = [0x28, 0xb5, 0x2f, 0xfd, 0, 21 << 3, 1, 0, 0];
    for (packing, packed) in [(Packing::Xz, xz.as_slice()), (Packing::Zstd, &zstd)] {
        let (unpacked, trouble) = unpack(packing, packed);
        let told = trouble.expect("is refused");
        assert!(told.contains(&format!("unpacking the {} data takes more than 128 MiB", packing.name())), "{told}");
        assert_eq!(unpacked, b"");
    }
}

#[test]
fn a_file_that_is_cut_off() {
    let content = content();
    for packing in Packing::ALL {
        let packed = pack(packing, &content);
        let mut least = 0;
        for tenth in 1..10 {
            let cut = packed.len() * tenth / 10;
            let (unpacked, trouble) = unpack(packing, &packed[..cut]);
            let told = format!(
                "unpacking failed at byte {} of the file: it ends before its {} data does",
                crate::words::count(cut as u64),
                packing.name()
            );
            assert_eq!(trouble, Some(told));
            assert!(content.starts_with(&unpacked) && unpacked.len() >= least, "{packing:?} cut at {cut}");
            least = unpacked.len();
        }
        // The most that a format may hold back is a block.
        assert!(least + 2 * 128 * 1024 > content.len() && least > 0, "{packing:?}: {least}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_prefix_gives_a_prefix(
        packing in prop::sample::select(&Packing::ALL[..]),
        parts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..400), 1..4),
        cut in any::<prop::sample::Index>(),
    ) {
        let packed: Vec<Vec<u8>> = parts.iter().map(|part| pack(packing, part)).collect();
        let ends: Vec<usize> = packed.iter().scan(0, |end, part| { *end += part.len(); Some(*end) }).collect();
        let (packed, content) = (packed.concat(), parts.concat());
        let cut = cut.index(packed.len() + 1);
        let (unpacked, trouble) = unpack(packing, &packed[..cut]);
        prop_assert!(content.starts_with(&unpacked));
        prop_assert_eq!(trouble.is_none(), ends.contains(&cut));
        if cut == packed.len() {
            prop_assert_eq!(unpacked, content);
        }
    }

    /// Each format has a sum over what it holds.
    #[test]
    fn a_changed_bit_is_told_or_changes_nothing(
        packing in prop::sample::select(&Packing::ALL[..]),
        content in prop::collection::vec(0_u8..20, 0..2_000),
        at in any::<prop::sample::Index>(),
        bit in 0..8,
    ) {
        let mut packed = pack(packing, &content);
        let at = at.index(packed.len());
        packed[at] ^= 1_u8 << bit;
        let (unpacked, trouble) = unpack(packing, &packed);
        prop_assert!(trouble.is_some() || unpacked == content);
    }

    #[test]
    fn any_bytes_end(packing in prop::sample::select(&Packing::ALL[..]), bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let (_, trouble) = unpack(packing, &[packing.magic(), &bytes].concat());
        prop_assert!(trouble.is_some());
    }
}
