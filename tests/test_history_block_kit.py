"""The checker of views must itself be able to say no."""

import copy

import pytest

from bot.slack import blocks
from bot.slack.text import Markup, date, markup
from tests.block_kit import check_message, check_view
from tests.factories import NOW


def good() -> dict:
    options = [blocks.option("One", "1"), blocks.option("Two", "2", "the second")]
    return blocks.modal(
        "good",
        "Good",
        [
            blocks.header("Head"),
            blocks.section(markup("*{}* {}", "a<b & c", date(NOW)), fields=["x", markup("_y_")]),
            blocks.section("x", accessory=blocks.button("Open", "open", "1")),
            blocks.context("plain", markup("small")),
            blocks.divider(),
            blocks.quote("<!channel> *no*"),
            blocks.actions(blocks.select("pick", options, initial="2"), block_id="row"),
            blocks.field("Say", blocks.text_input("say", multiline=True, initial="so"), hint="h"),
            blocks.field("When", blocks.moment_input("when", initial=1_700_000_000)),
            blocks.field("Who", blocks.people_input("who"), optional=True),
            blocks.field("Files", blocks.file_input("files"), optional=True),
            blocks.field("How long", blocks.number_input("minutes", high=100)),
            blocks.field("Client", blocks.typeahead("client", placeholder="Type a name")),
            blocks.field("Which", blocks.radios("which", options)),
            blocks.field("Tick", blocks.checkboxes("tick", options)),
        ],
        submit="Save",
        metadata="{}",
    )


def test_every_part_of_the_vocabulary_passes():
    check_view(good())
    check_view(blocks.home([blocks.section("x")]))
    check_message("hello &lt;you&gt;", [blocks.section(Markup("*x* <@U123>"))])


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (lambda v: v["title"].update(text="x" * 25), "title"),
        (lambda v: v.update(private_metadata="x" * 3001), "private_metadata"),
        (lambda v: v.pop("submit"), "no submit button"),
        (lambda v: v["blocks"].clear(), "0 blocks"),
        (lambda v: v["blocks"].extend([blocks.divider()] * 100), "blocks in a modal"),
        (lambda v: v["blocks"][0]["text"].update(text="x" * 151), "header"),
        (lambda v: v["blocks"][1]["text"].update(text=""), "section"),
        (lambda v: v["blocks"][1]["text"].update(text="<!channel>"), "bare <"),
        (lambda v: v["blocks"][1]["text"].update(text="a & b"), "bare &"),
        (lambda v: v["blocks"][1]["text"].pop("verbatim"), "not verbatim"),
        (lambda v: v["blocks"][1]["fields"][0].update(text="x" * 2001), "field"),
        (lambda v: v["blocks"][1].update(fields=[blocks.plain("x")] * 11), "fields"),
        (lambda v: v["blocks"][2]["accessory"]["text"].update(text="x" * 76), "button"),
        (lambda v: v["blocks"][2]["accessory"].update(value="x" * 2001), "button.value"),
        (lambda v: v["blocks"][3]["elements"].clear(), "context"),
        (lambda v: v["blocks"][3]["elements"][0].update(text="x" * 3001), "small print"),
        (
            lambda v: v["blocks"][6]["elements"][0]["options"][0].update(value="x" * 76),
            "option.value",
        ),
        (lambda v: v["blocks"][6]["elements"][0]["options"][0].update(value="2"), "one value"),
        (lambda v: v["blocks"][6]["elements"][0].update(initial_option={}), "of its own"),
        (lambda v: v["blocks"][6]["elements"].append(blocks.button("x", "pick")), "named pick"),
        (lambda v: v["blocks"][6].update(block_id="say"), "named say"),
        (lambda v: v["blocks"][6].update(block_id="x" * 256), "block_id"),
        (lambda v: v["blocks"][7]["element"].update(max_length=1), "holds 2"),
        (lambda v: v["blocks"][7].update(unheard_of=1), "unheard_of"),
        (lambda v: v["blocks"][7]["label"].update(text="x" * 2001), "label"),
        (lambda v: v["blocks"][10]["element"].update(max_files=11), "11 files"),
        (lambda v: v["blocks"].append({"type": "markdown", "text": "x"}), "may not stand"),
        (lambda v: v["blocks"].append({"type": "no_such_block"}), "does not know it"),
        (lambda v: v["blocks"].extend([blocks.section("x" * 3000)] * 84), "bytes"),
    ],
)
def test_what_slack_would_refuse_is_refused(spoil, fault):
    view = copy.deepcopy(good())
    spoil(view)
    with pytest.raises(AssertionError, match="Slack would refuse it") as refused:
        check_view(view)
    assert fault in str(refused.value)


@pytest.mark.parametrize(
    ("text", "shown", "fault"),
    [
        ("", [blocks.divider()], "0 characters"),
        ("x" * 4001, [blocks.divider()], "4001 characters"),
        ("<!here>", [blocks.divider()], "bare <"),
        ("x", [blocks.divider()] * 51, "51 blocks"),
        ("x", [blocks.section("x" * 2600)] * 4, "10400 characters"),
        ("x", [blocks.field("f", blocks.file_input("f"))], "file_input may not"),
    ],
)
def test_a_message_that_slack_would_refuse_is_refused(text, shown, fault):
    with pytest.raises(AssertionError, match="Slack would refuse it") as refused:
        check_message(text, shown)
    assert fault in str(refused.value)
