"""What a source's options say of how it is harvested: how, how long, and what it may take away."""

from datetime import timedelta
from typing import Final

from catalogue.model.run import RunMode, WithdrawalPolicy
from harvesters.source import SourceConfig

_USUAL: Final = WithdrawalPolicy()
_RUN_HOURS: Final = 6.0


def withdrawal_policy(config: SourceConfig) -> WithdrawalPolicy:
    """Options ``missing_runs``, ``missing_days``, ``hold_most``, ``hold_share``, checked when given."""
    options = config.options
    return WithdrawalPolicy(
        runs=int(options.get("missing_runs", _USUAL.runs)),
        days=float(options.get("missing_days", _USUAL.days)),
        most=int(options.get("hold_most", _USUAL.most)),
        share=float(options.get("hold_share", _USUAL.share)),
    )


def run_limit(config: SourceConfig) -> timedelta:
    """How long a run may take (option ``run_hours``): one that drips must not hold the worker for ever."""
    return timedelta(hours=float(config.options.get("run_hours", _RUN_HOURS)))


def usual_mode(config: SourceConfig) -> RunMode:
    """What a source is asked for where nobody says otherwise (option ``incremental``)."""
    return RunMode.INCREMENTAL if config.options.get("incremental") == "true" else RunMode.FULL
