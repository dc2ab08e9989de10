//! `kerbside codebook`: every file and column, from the structs that write them.

use super::args::{Codebook, CodebookFormat};
use super::say;
use crate::problem::{Outcome, Problem};
use crate::record::folder::{DataFolder, unwritable};
use crate::table::{Column, EVENTS, TableInfo, all_tables};
use serde_json::json;

/// Prints the codebook.
pub fn codebook(args: &Codebook) -> Outcome<()> {
    let text = match args.format {
        CodebookFormat::Text => text(),
        CodebookFormat::Csv => csv()?,
        CodebookFormat::Json => json_text(),
        CodebookFormat::Markdown => markdown(),
    };
    say::line(text.trim_end())?;
    Ok(())
}

/// Writes `codebook.csv` into a data folder, so that data never travel without it.
pub fn write(data: &DataFolder) -> Outcome<()> {
    std::fs::create_dir_all(&data.0).map_err(|e| unwritable(&data.0, &e))?;
    let path = data.0.join("codebook.csv");
    std::fs::write(&path, csv()?).map_err(|e| unwritable(&path, &e))?;
    Ok(())
}

fn each(mut line: impl FnMut(&TableInfo, &Column)) {
    for table in all_tables() {
        for column in table.columns {
            line(&table, column);
        }
    }
}

fn text() -> String {
    let mut out = String::new();
    for table in all_tables() {
        out += &format!("{}\n  {}\n\n", table.file, table.about.trim());
        for column in table.columns {
            let unit = column.unit();
            let unit = if unit.is_empty() { String::new() } else { format!(" [{unit}]") };
            out += &format!("  {}{unit}\n      {}\n      {}\n", column.name, column.about.trim(), column.kind.values());
        }
        out.push('\n');
    }
    out += "events (column `event` of events.csv)\n\n";
    for event in EVENTS {
        out += &format!("  {}\n      {}\n", event.name, event.about);
    }
    out
}

fn csv() -> Outcome<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let failed = |e: csv::Error| Problem::file("codebook", e.to_string(), "");
    writer.write_record(["file", "column", "unit", "values", "meaning"]).map_err(failed)?;
    let mut result = Ok(());
    each(|table, column| {
        let row = [table.file, column.name, column.unit(), &column.kind.values(), column.about.trim()];
        if result.is_ok() {
            result = writer.write_record(row);
        }
    });
    result.map_err(failed)?;
    for event in EVENTS {
        let name = format!("event = {}", event.name);
        writer.write_record(["events.csv", &name, "", "", event.about]).map_err(failed)?;
    }
    let bytes = writer.into_inner().map_err(|e| Problem::file("codebook", e.to_string(), ""))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn json_text() -> String {
    let column = |column: &Column| json!({ "name": column.name, "unit": column.unit(), "values": column.kind.values(), "meaning": column.about.trim() });
    let tables: Vec<_> = all_tables()
        .iter()
        .map(|table| json!({ "file": table.file, "about": table.about.trim(), "columns": table.columns.iter().map(column).collect::<Vec<_>>() }))
        .collect();
    let events: Vec<_> = EVENTS.iter().map(|event| json!({ "event": event.name, "meaning": event.about })).collect();
    format!("{:#}", json!({ "tables": tables, "events": events }))
}

fn markdown() -> String {
    let mut out = String::from("# Codebook\n");
    for table in all_tables() {
        out += &format!(
            "\n## {}\n\n{}\n\n| column | unit | values | meaning |\n|---|---|---|---|\n",
            table.file,
            table.about.trim()
        );
        for column in table.columns {
            let values = column.kind.values().replace('|', "\\|");
            out += &format!("| `{}` | {} | {values} | {} |\n", column.name, column.unit(), column.about.trim());
        }
    }
    out += "\n## Events\n\n| event | meaning |\n|---|---|\n";
    for event in EVENTS {
        out += &format!("| `{}` | {} |\n", event.name, event.about);
    }
    out
}
