"""Every table that a page takes from the code is what the code says."""

import subprocess
import sys

from .pages import ROOT


def test_the_tables_of_all_pages_are_what_the_code_says():
    done = subprocess.run(
        [sys.executable, ROOT / "docs" / "tables.py", "--check"], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_stale_table_is_found_and_written(tmp_path):
    program = f"""
import sys, pathlib
sys.path.insert(0, {str(ROOT / "docs")!r})
import tables
page = pathlib.Path({str(tmp_path / "page.md")!r})
tables.ROOT, tables.PAGES = page.parent, (page,)
page.write_text("<!-- table: settings port -->\\nstale\\n<!-- /table -->\\n")
assert tables.main(["--check"]) == 1
assert tables.main([]) == 0
assert "`--port`" in page.read_text() and "stale" not in page.read_text()
assert tables.main(["--check"]) == 0
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
