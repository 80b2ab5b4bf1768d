"""One row of the sound bench, on the tuning material: for whoever chooses a threshold.

packaging/bench sound_tune --condition base --ser -5 --minutes 4
"""

from __future__ import annotations

import argparse

from tests.bench.sound_loop import Ours, play
from tests.bench.sound_scene import CONDITIONS, scene
from tests.bench.sound_score import scored, summary


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--set", choices=("tuning", "test"), default="tuning")
    parser.add_argument("--condition", choices=sorted(CONDITIONS), default="base")
    parser.add_argument("--coming", choices=("speech", "cough", "clap"), default="speech")
    parser.add_argument("--ser", type=float, help="dB; nobody comes without it")
    parser.add_argument("--minutes", type=int, default=4)
    args = parser.parse_args()
    condition = CONDITIONS[args.condition].at(args.ser, coming=args.coming)
    print(summary(scored(play(scene(args.set, condition, index), Ours())) for index in range(args.minutes)))


if __name__ == "__main__":
    main()
