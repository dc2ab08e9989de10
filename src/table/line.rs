//! A row as its line of CSV: the one place where rows become text.

use super::Table;
use csv_core::WriterBuilder;

/// Makes lines, reusing its memory.
#[derive(Debug)]
pub struct LineWriter {
    csv: csv_core::Writer,
    field: Vec<u8>,
    line: Vec<u8>,
}

impl Default for LineWriter {
    fn default() -> Self {
        let csv = WriterBuilder::new().terminator(csv_core::Terminator::Any(b'\n')).build();
        Self { csv, field: Vec::with_capacity(64), line: Vec::with_capacity(512) }
    }
}

impl LineWriter {
    /// The row's line, line break included.
    pub fn line<T: Table>(&mut self, row: &T) -> &[u8] {
        self.line.clear();
        let Self { csv, field, line } = self;
        let mut first = true;
        let done: Result<(), std::convert::Infallible> = row.each_field(field, |text| {
            if !first {
                line.push(b',');
            }
            first = false;
            // Hardly any field is in need of quotes: the others are copied as they are.
            if csv.should_quote(text) {
                quote(text, line)
            } else {
                line.extend_from_slice(text)
            }
            Ok(())
        });
        let Ok(()) = done;
        line.push(b'\n');
        line
    }

    /// The first line of a table's file, line break included.
    pub fn header<T: Table>() -> String {
        let names: Vec<&str> = T::COLUMNS.iter().map(|column| column.name).collect();
        names.join(",") + "\n"
    }
}

/// Appends a field in quotes, its own quotes doubled.
fn quote(text: &[u8], line: &mut Vec<u8>) {
    line.push(b'"');
    let end = line.len();
    // At worst every byte is a quote.
    line.resize(end + 2 * text.len(), 0);
    let (_, _, written) = csv_core::quote(text, &mut line[end..], b'"', b'"', true);
    line.truncate(end + written);
    line.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{ConditionRow, Scope, Text};

    #[test]
    fn a_line_quotes_what_needs_it_and_reads_back() {
        let row =
            ConditionRow { trial_n: 7, scope: Scope::Within, factor: Text::new("a \"b\", c"), level: Text::new("") };
        let mut writer = LineWriter::default();
        let line = String::from_utf8(writer.line(&row).to_vec()).unwrap();
        assert_eq!(line, "7,within,\"a \"\"b\"\", c\",NA\n");
        assert_eq!(writer.line(&row), line.as_bytes(), "the second line begins afresh");
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(line.as_bytes());
        let record = reader.records().next().unwrap().unwrap();
        assert_eq!(ConditionRow::from_fields(|i| record.get(i)).unwrap(), row);
    }
}
