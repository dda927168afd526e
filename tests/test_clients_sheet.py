import codecs
import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clients.cells import from_cell, join_aliases, split_aliases, to_cell
from bot.clients.importing import Row, parse
from bot.clients.names import tidy


def rows(data: bytes | str) -> list[Row]:
    parsed = parse(data.encode() if isinstance(data, str) else data)
    assert parsed.problems == ()
    return list(parsed.rows)


def problems(data: bytes | str) -> list[str]:
    return [
        str(problem) for problem in parse(data.encode() if isinstance(data, str) else data).problems
    ]


def lines(data: bytes | str) -> list[int]:
    parsed = parse(data.encode() if isinstance(data, str) else data)
    return [problem.line for problem in parsed.problems]


FULL = "name,psa_id,aliases,slack_team_id\nHarbour Café,77,HC|Harbour,T0123\n"
ROW = Row(2, "Harbour Café", "77", ("HC", "Harbour"), "T0123")


def test_every_column_is_read():
    assert rows(FULL) == [ROW]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1", "utf-16-be-mark"]
)
def test_a_file_is_read_in_whatever_encoding_a_spreadsheet_writes(encoding):
    marked = "\ufeff" + FULL
    data = marked.encode("utf-16-be") if encoding == "utf-16-be-mark" else FULL.encode(encoding)
    assert rows(data) == [ROW]


def test_windows_quotes_and_letters_that_windows_does_not_know_are_read():
    assert [row.name for row in rows(b"name\n\x93Acme\x94\n")] == ["“Acme”"]
    assert len(rows(b"name\nM\xfcller \x81\n")) == 1


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_any_separator_and_any_ending_of_lines_will_do(separator, ending):
    text = separator.join(["name", "psa_id"]) + ending + separator.join(["Acme", "7"]) + ending
    assert rows(text) == [Row(2, "Acme", "7")]


def test_the_columns_are_known_by_their_names_in_any_order_case_and_spacing():
    text = "Phone, Slack Team ID ,PSA-ID,NAME,Aliases\n555,t0123,7,Acme,\n"
    assert rows(text) == [Row(2, "Acme", "7", (), "T0123")]


def test_the_name_alone_is_enough():
    assert [row.name for row in rows("name\nAcme\nBeta\n")] == ["Acme", "Beta"]


def test_blank_lines_and_rows_of_empty_cells_are_skipped():
    text = "\n\nname,psa_id\n\n,\nAcme,7\n \nBeta,\n,,,,\n"
    assert [(row.line, row.name) for row in rows(text)] == [(6, "Acme"), (8, "Beta")]


def test_missing_and_empty_cells_at_the_end_of_a_line_do_not_matter():
    assert rows("name,psa_id,aliases\nAcme\nBeta,8,\n") == [Row(2, "Acme"), Row(3, "Beta", "8")]


def test_quotation_marks_hold_separators_and_line_breaks_together():
    text = 'name,aliases\n"Smith, Jones\n& Co","the ""Smiths""|SJ"\nAcme,\n'
    first, second = rows(text)
    assert (first.line, first.name, first.aliases) == (
        2,
        "Smith, Jones & Co",
        ('the "Smiths"', "SJ"),
    )
    assert (second.line, second.name) == (4, "Acme")


def test_lines_are_counted_as_an_editor_does():
    assert lines('name\n"A\n\nB"\n"C\r\nD"\nok\n,\n' + "x" * 151 + "\n,x\n") == [9, 10]


def test_lines_that_say_the_same_of_one_client_are_taken_as_one():
    parsed = parse(
        b"name,psa_id,aliases,slack_team_id\nAcme,7,A,\nACME,,B;a,T01\nBeta,,,\nacme,7,,\n"
    )
    assert parsed.problems == ()
    assert parsed.rows == (Row(2, "Acme", "7", ("A", "B"), "T01"), Row(4, "Beta"))
    assert parsed.repeated == 2


def test_formulas_are_names_like_any_other():
    text = 'name\n"=HYPERLINK(""http://x"")"\n\'+49 GmbH\n\'t Hof\n@home\n'
    assert [row.name for row in rows(text)] == [
        '=HYPERLINK("http://x")',
        "+49 GmbH",
        "'t Hof",
        "@home",
    ]


def test_an_alias_that_is_the_name_itself_is_left_out():
    assert rows("name,aliases\nAcme,ACME; ;AC|ac\n")[0].aliases == ("ac",)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "The file is empty. Its first line names the columns: name,psa_id,aliases,"),
        (b"\n \n,,\n", "The file is empty."),
        (b"\xef\xbb\xbf", "The file is empty."),
        (b"Acme\nBeta\n", "Line 1: No column is called “name”."),
        (b"\n\nclient,psa_id\nx,1\n", "Line 3: No column is called “name”."),
        (b"name,Name\nx,y\n", "Line 1: Two columns are called “name”."),
        (b"name,PSA ID,psa_id\nx,1,2\n", "Line 1: Two columns are called “psa_id”."),
        (b"PK\x03\x04\0\0\0", "This is not a text file. Save the table as CSV"),
        (b"\xff\xfeabc", "This is not a text file."),
        ("name\nMüller ł\n".encode("utf-16-le"), "This looks like UTF-16 without the mark"),
        ("name\nAcme\n".encode("utf-16-be"), "This looks like UTF-16 without the mark"),
        ("name;Name\nx;y\n".encode("utf-16"), "Line 1: Two columns are called “name”."),
        (b"\xff\xfe\0\0n\0\0\0", "This is not a text file."),
        (b"name\nAc\0me\n", "This is not a text file."),
    ],
)
def test_a_file_that_is_no_table_of_clients_says_what_to_do(data, problem):
    assert parse(data).rows == ()
    assert len(problems(data)) == 1
    assert problems(data)[0].startswith(problem)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (",7,,", "There is no name here."),
        ("\u200b,7,,", "There is no name here."),
        (f"{'x' * 151},,,", "This name is too long. Please keep it to 150 characters."),
        (f"Acme,,ok|{'x' * 151},", "In the aliases: This name is too long."),
        (f"Acme,{'7' * 101},,", "The psa_id is too long. Please keep it to 100 characters."),
        ("Acme,,,C0123", "“C0123” is not the id of a Slack workspace"),
        ("Acme,,,T-1", "“T-1” is not the id of a Slack workspace"),
        ("Acme,,,T" + "1" * 40, "is not the id of a Slack workspace"),
        ("Smith, Jones,7,,", "There are more cells here (5) than columns in the first line (4)."),
        ('"Acme,7,,', "A quotation mark opens here and is not closed properly."),
        ('"Acme" Ltd,7,,', "A quotation mark opens here and is not closed properly."),
    ],
)
def test_a_bad_line_is_named_with_what_to_do(line, problem):
    found = problems(f"name,psa_id,aliases,slack_team_id\nBeta,,,\n{line}\n")
    assert len(found) == 1
    assert found[0].startswith("Line 3: ")
    assert problem in found[0]


def test_every_bad_line_is_named_in_the_order_of_the_file():
    text = (
        'name,psa_id,slack_team_id\n,1,X\nAcme,7,\n"never closed,,\nBeta,7,\n,9,\n'
        "acme,8,\nAcme,,T01\nACME,,T02\na,b,c,d\nGamma,,E01\n"
    )
    assert lines(text) == [2, 2, 4, 5, 6, 7, 9, 10]


def test_a_contradiction_names_both_lines():
    (found,) = problems("name,psa_id\nAcme,7\nBeta,7\n")
    assert found.startswith("Line 3: The psa_id “7” is on line 2 too, with another name.")
    assert "on line 2 too, with another psa_id" in problems("name,psa_id\nAcme,7\nacme,8\n")[0]


@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
def test_a_line_in_another_encoding_than_the_rest_is_named_and_nothing_is_read_askew(mark):
    good = "".join(f"Müller {number} Zahnärzte\r\n" for number in range(50)).encode()
    parsed = parse(mark + b"name\r\n" + good + b"Caf\xe9\r\nAcme\r\nStra\xdfe\r\n")
    assert parsed.rows == ()
    assert [problem.line for problem in parsed.problems] == [52, 54]
    assert "the rest of the file is UTF-8" in parsed.problems[0].text
    assert "save the whole table as CSV (UTF-8)" in parsed.problems[0].text


def test_what_is_marked_as_utf_8_and_is_not_is_never_taken_for_another_encoding():
    assert lines(codecs.BOM_UTF8 + b"name\nCaf\xe9\n") == [2]


def test_an_old_file_may_hold_a_line_that_would_be_utf_8_as_well():
    assert [row.name for row in rows("name\nCAFÉ®\nMüller\nJosé\n".encode("cp1252"))] == [
        "CAFÉ®",
        "Müller",
        "José",
    ]


def test_columns_that_are_not_read_are_named_with_what_may_have_been_meant():
    parsed = parse(b"name,alias,Phone,PSA,Fax,\nAcme,AC,555,7,,\n")
    assert parsed.rows == (Row(2, "Acme"),)
    assert parsed.unread == (
        "The column “alias” was not read; did you mean “aliases”?",
        "The column “PSA” was not read; did you mean “psa_id”?",
        "Not read, as nothing here needs them: “Phone”, “Fax”.",
    )
    assert parse(FULL.encode()).unread == ()


def test_a_column_is_not_taken_for_a_misspelt_one_that_is_there():
    assert parse(b"name,aliases,alias\n").unread == (
        "Not read, as nothing here needs them: “alias”.",
    )


def test_a_cell_that_is_too_long_is_told_from_an_open_quotation_mark():
    (found,) = problems("name,aliases\nAcme," + "x" * 140_000 + "\n")
    assert found.startswith("Line 2: A cell here is longer than 131,072 characters.")


def test_a_cell_as_long_as_a_book_is_a_bad_line_and_the_next_is_read():
    assert lines('name\n"' + "x" * 200_000 + "\nBeta\n,\n") == [2]
    assert lines("name,psa_id\n" + "x" * 140_000 + ",\n,7\n") == [2, 3]


def test_a_file_full_of_open_quotation_marks_is_given_up_politely():
    found = problems("name\n" + '"x\n' * 5000)
    assert len(found) == 101
    assert "were not read" in found[-1]


@given(st.binary(max_size=300))
def test_any_bytes_give_rows_or_problems(data):
    parsed = parse(data)
    assert parsed.problems or all(row.name for row in parsed.rows)


@given(st.text("name,;|\t\r\n\"'=7Té", max_size=200))
def test_any_table_gives_rows_or_problems_within_its_lines(body):
    text = "name,psa_id,aliases,slack_team_id\n" + body
    parsed = parse(text.encode())
    last = text.count("\n") + text.count("\r") + 1
    assert all(2 <= problem.line <= last for problem in parsed.problems)
    assert all(2 <= row.line <= last for row in parsed.rows)


names = st.text(min_size=1, max_size=30).map(tidy).filter(bool)


@given(names)
def test_a_cell_is_read_as_it_was_written_and_is_no_formula(text):
    assert from_cell(to_cell(text)) == text
    assert to_cell(text)[0] not in "=+-@"


@given(st.lists(st.lists(st.text("a=+-@;\t\r\n'\" ,", max_size=8), min_size=2, max_size=2)))
def test_no_cell_is_a_formula_whatever_a_spreadsheet_parts_cells_by(records):
    out = io.StringIO(newline="")
    csv.writer(out).writerows(map(to_cell, record) for record in records)
    for separator in ",;\t":
        for record in csv.reader(io.StringIO(out.getvalue(), newline=""), delimiter=separator):
            assert not [cell for cell in record if cell.lstrip(" ").startswith(tuple("=+-@"))]


@given(st.text("a=+-@;\t\r\n'\" |", max_size=12).map(str.strip))
def test_what_is_guarded_anywhere_is_read_as_it_was(text):
    assert from_cell(to_cell(text)) == text


@given(st.lists(st.text("ab;|\\= ", min_size=1).map(tidy).filter(bool)))
def test_aliases_are_read_as_they_were_written(aliases):
    assert split_aliases(join_aliases(aliases)) == aliases
