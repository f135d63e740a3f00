"""Seeded schedules of faults; a short run here, ten thousand on demand (docs/reliability.md)."""

import pytest

from tests.faults.schedules import Tally, bench_of, play

#: Schedules of a normal test run, in batches, so that one broken batch names itself.
BATCHES, BATCH = 6, 25


@pytest.mark.parametrize("batch", range(BATCHES))
def test_no_schedule_of_faults_posts_twice_loses_or_lies(service, tmp_path, batch):
    tally = Tally()
    for seed in range(batch * BATCH, (batch + 1) * BATCH):
        with bench_of(service, tmp_path / str(seed), seed) as bench:
            play(bench, seed, tally)
    assert tally.violations == []
    assert tally.schedules == BATCH
    assert sum(tally.faults.values()) > 0
