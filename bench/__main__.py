"""Run the benchmarks: python -m bench [name …] [--quick]."""

import argparse
import sys


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser("bench", description="Measure against the targets.")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, under two minutes")
    parser.parse_args(arguments)
    return 0


if __name__ == "__main__":
    sys.exit(main())
