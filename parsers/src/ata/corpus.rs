//! Drives of the field: the examples of libatasmart, where the checkout lies beside them.

use super::Checksum;
use super::attributes::{self, Meanings, What};
use super::blob;

#[test]
fn every_blob_of_libatasmart() {
    let folder = format!("{}/../../shared/corpora/libatasmart", env!("CARGO_MANIFEST_DIR"));
    let Ok(entries) = std::fs::read_dir(&folder) else {
        eprintln!("NOT TESTED: {folder} is absent, so no drive of the field was read");
        return;
    };
    let mut blobs = 0;
    for entry in entries {
        let path = entry.expect("an entry of the folder").path();
        let blob = std::fs::read(&path).expect("a blob");
        if !blob::recognise(&blob) {
            continue;
        }
        blobs += 1;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let blob = blob::read(&blob);
        assert_eq!((blob.unread, blob.cut), (0, None), "{name}");
        let drive = blob.identify.expect("IDENTIFY DEVICE");
        let data = blob.data.expect("READ DATA");
        let thresholds = blob.thresholds.expect("READ THRESHOLDS");
        eprintln!(
            "{name}: {:?} {:?} {:?}, {} sectors, {} attributes, {:?} {:?} {:?}",
            drive.model,
            drive.serial,
            drive.firmware,
            drive.sectors.unwrap_or(0),
            data.attributes.len(),
            drive.checksum,
            data.checksum,
            thresholds.checksum,
        );
        let model = drive.model.expect("a model");
        // No drive of these ran for twelve years or had more than some hundred bad sectors; a wrong packing says otherwise.
        let meanings = Meanings::of(&model, drive.firmware.as_deref().unwrap_or_default());
        for attribute in &data.attributes {
            let Some(meaning) = meanings.get(attribute.id) else { continue };
            let value = attributes::decode(meaning, attribute.raw);
            eprintln!("    {} {:?} {value:?}", attribute.id, meaning.what);
            let most = match meaning.what {
                What::PowerOnHours => 100_000,
                What::ReallocatedSectors | What::PendingSectors | What::OfflineUncorrectable => 1000,
                _ => continue,
            };
            assert!(value.count().is_some_and(|count| count < most), "{name}: {meaning:?} of {:#x}", attribute.raw);
        }
        // The file is named after the model.
        let plain = |text: &str| text.replace([' ', '_', '-'], "");
        assert!(plain(&name).starts_with(&plain(&model)), "{name} is of {model}");
        assert_eq!((data.checksum, thresholds.checksum), (Checksum::Good, Checksum::Good), "{name}");
        assert!(data.attributes.len() > 5, "{name}");
        assert_ne!(drive.checksum, Checksum::Cut, "{name}");
        assert!(drive.sectors.is_some(), "{name}");
        assert_eq!(drive.smart.enabled, Some(true), "{name}");
    }
    assert!(blobs >= 19, "{blobs} blobs of {folder}");
}
