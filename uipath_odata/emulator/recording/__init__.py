"""Record a real tenant's answers without secrets and personal data, and compare them with the emulator's.

``recorder`` passes requests on to one tenant and keeps pairs of request and answer. ``masks`` says what is kept of them, ``pairs``
is the format of the file, ``requests`` the masked requests. ``replay`` answers from such a file. ``own_answers`` sends the same
request to the emulator, and ``differences`` says where the two answers differ.
"""

from __future__ import annotations

from uipath_odata.emulator.recording.recorder import Recorder
from uipath_odata.emulator.recording.replay import Replay

__all__ = ["Recorder", "Replay"]
