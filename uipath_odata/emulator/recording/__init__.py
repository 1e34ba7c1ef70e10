"""A real tenant's answers, kept without secrets and personal data, and what the emulator would have answered instead.

``recorder`` passes requests on to one tenant and keeps pairs of request and answer; ``masks`` says what of them is kept,
``pairs`` how they lie in a file. ``replay`` answers from such a file; ``own_answers`` asks the emulator the same, and
``differences`` says where the two differ.
"""

from __future__ import annotations

from uipath_odata.emulator.recording.recorder import Recorder
from uipath_odata.emulator.recording.replay import Replay

__all__ = ["Recorder", "Replay"]
