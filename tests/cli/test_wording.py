"""The command names its own options, not the library's arguments."""

from __future__ import annotations

import pytest

from uipath_odata.cli.wording import as_options


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        (
            "partition_by takes 'date' and 'folder', not 'day'",
            "--partition-by takes 'date' and 'folder', not 'day'",
        ),
        (
            "/x.csv ends like csv and format='jsonl' is another",
            "/x.csv ends like csv and --format jsonl is another",
        ),
        ("takes user keys for h: give token_url=", "takes user keys for h: give UIPATH_TOKEN_URL"),
        ("page_size=0 asks for nothing: give 1 or more", "--page-size 0 asks for nothing: give 1 or more"),
        ("firewall and proxy (trust_env=True reads it)", "firewall and proxy (--trust-env reads it)"),
        ("accept that with allow_shrink='Jobs'", "accept that with --allow-shrink Jobs"),
        ("mirror=True needs since='last'", "--mirror needs --since last"),
        ('Give a folder: orchestrator.folder("Shared/Finance")', "Give a folder: --folder Shared/Finance"),
        ("leave it out with .select()", "leave it out with --select"),
        ("the format of a state is named", "the format of a state is named"),
        ("a column with_details_of and --page-size 5", "a column with_details_of and --page-size 5"),
    ],
)
def test_a_message_is_put_in_the_words_of_the_command(message, shown):
    assert as_options(message) == shown
