"""``python -m bench [server|phone|bytes|start|names|lists]… [--quick] [--only DATABASE]``."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime

from bench import report as reporting

PARTS = ("bytes", "start", "phone", "server", "names", "lists")


def main(arguments: list[str]) -> int:
    """Measure the parts asked for, print the table, answer 1 when a budget was missed."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="default: all of them")
    parser.add_argument("--quick", action="store_true", help="small amounts, to try the bench")
    parser.add_argument("--only", choices=["sqlite", "postgresql"], help="one database")
    asked = parser.parse_args(arguments)
    parts = asked.parts or list(PARTS)
    report = reporting.Report()
    print(reporting.machine(), flush=True)
    for part in PARTS:
        if part in parts:
            measure(
                part, report, asked.quick, [asked.only] if asked.only else ["sqlite", "postgresql"]
            )
    name = datetime.now(UTC).strftime("%Y%m%d-%H%M%S") + ("-quick" if asked.quick else "")
    path = report.save(name)
    print("\n" + report.markdown() + f"\n\n{path.relative_to(path.parent.parent.parent)}")
    return 1 if any(row.passed is False for row in report.rows) else 0


def measure(part: str, report: reporting.Report, quick: bool, kinds: list[str]) -> None:
    """One part; imported only when asked for."""
    if part == "server":
        from bench import server

        server.run(report, kinds, quick)
    elif part == "start":
        from bench import start

        start.run(report)
    elif part == "names":
        from bench import names

        names.run(report, kinds, quick)
    elif part == "lists":
        from bench import lists

        lists.run(report, kinds, quick)
    elif part == "bytes":
        from bench import sizes

        sizes.run(report)
    else:
        from bench import phone

        phone.run(report, quick)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
