from __future__ import annotations

import json

import pytest

from uipath_odata.emulator import Emulator
from uipath_odata.export import export


@pytest.fixture
def emulator():
    with Emulator(seed=None) as emulator:
        yield emulator


async def test_a_finished_export_of_ours_is_loaded_row_by_row(emulator, tmp_path):
    lists = ["Robots", "Jobs", "Folders", "RobotLogs", "QueueItems", "Sessions"]
    async with Emulator() as demo, demo.client() as orchestrator:
        sets = [
            getattr(orchestrator, name)
            for name in ("robots", "jobs", "folders", "robot_logs", "queue_items", "sessions")
        ]
        await export(sets, tmp_path / "lake", format="jsonl")
        emulator.load(tmp_path / "lake")
        for name in lists:
            columns = [
                each
                for (each,) in demo.sql(f"SELECT name FROM pragma_table_info('{name}')")
                if each not in {"_folder", "Password", "LicenseKey"}
            ]
            shown = f"SELECT {', '.join(columns)} FROM {name} ORDER BY 1, 2, 3, 4, 5"
            if name in {"RobotLogs", "Folders"}:
                assert emulator.sql(shown) == demo.sql(shown)
            assert emulator.sql(f"SELECT count(*) FROM {name}") == demo.sql(f"SELECT count(*) FROM {name}")


def test_rows_written_as_json_are_read_again_with_their_folders_and_secrets(emulator, tmp_path):
    emulator.add.folder("Shared/Finance")
    emulator.add.credential("Sap", "u", "p", folder="Shared/Finance")
    emulator.add.queue_item(
        emulator.add.queue("Invoices", folder="Shared/Finance")["Name"],
        {"n": [1, {"a": None}]},
        folder="Shared/Finance",
    )
    emulator.save(tmp_path / "tenant.json")
    with Emulator(seed=None) as other:
        other.load(tmp_path / "tenant.json")
        for name in ("Folders", "Assets", "QueueDefinitions", "QueueItems"):
            assert other.sql(f"SELECT * FROM {name}") == emulator.sql(f"SELECT * FROM {name}")
        assert other.sql("SELECT CredentialPassword FROM Assets") == [("p",)]


def test_a_database_takes_the_place_of_everything_files_too(emulator, tmp_path):
    emulator.add.process("Bot")
    emulator.save(tmp_path / "tenant.db")
    with Emulator() as other:
        before = other.snapshot()
        other.load(tmp_path / "tenant.db")
        assert other.sql("SELECT path FROM _files") == [("Bot:1.0.0",)]
        assert other.sql("SELECT count(*) FROM RobotLogs") == [(0,)]
        other.restore(before)
        assert other.sql("SELECT count(*) FROM RobotLogs") == [(50_000,)]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (
            {"Robots.jsonl": '{"Id": 1, "Name": "a"}\n{"Id": 2, "Nmae": "b"}'},
            r"Robots\.jsonl:2: not a row of Robots.*Nmae",
        ),
        (
            {"Robots.jsonl": '{"Id": 1}\n{"Id": 1}'},
            r"Robots\.jsonl:2: not a row of Robots, or one whose key is taken",
        ),
        ({"Robotz.jsonl": "{}"}, "no entity set is named Robotz"),
        ({"Jobs/part-1.parquet": "PAR1"}, "only JSONL is loaded"),
        ({"job.json": "{}", "Robots/part-1.jsonl": "{}"}, "the export is not finished"),
        ({}, "there are no rows"),
    ],
)
def test_what_cannot_be_loaded_is_named_and_nothing_is_kept(emulator, tmp_path, files, said):
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    with pytest.raises(ValueError, match=said):
        emulator.load(tmp_path)
    assert emulator.sql("SELECT count(*) FROM Robots") == [(0,)]


@pytest.mark.parametrize(
    ("content", "said"), [([], "not a JSON object"), ({"Robots": [{"Id": "x"}]}, r"Robots\[0\]")]
)
def test_a_json_file_is_checked_alike(emulator, tmp_path, content, said):
    (tmp_path / "tenant.json").write_text(json.dumps(content))
    with pytest.raises(ValueError, match=said):
        emulator.load(tmp_path / "tenant.json")


def test_other_files_are_refused(emulator, tmp_path):
    with pytest.raises(FileNotFoundError):
        emulator.load(tmp_path / "nowhere")
    with pytest.raises(ValueError, match=r"a \.json \(rows\) or a \.db"):
        emulator.save(tmp_path / "tenant.xlsx")
