"""Run the command line as ``python -m pyhelm``."""

from pyhelm.cli.main import run

if __name__ == "__main__":
    run()
