"""FAIR Data Points: how they are walked, and which records come of it."""

from harvesters.sources.fdp.point import FdpSource

__all__ = ["FdpSource"]
