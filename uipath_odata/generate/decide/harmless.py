"""The POSTs that change nothing, reviewed one by one against the API guide and the schema.

They only read or only check what they are given, so that a read-only client may call them and a lost answer may be
asked for again. Not among them, although their names sound like it: ``TestDataQueueActions.GetNextItem`` and
``Queues.StartTransaction`` take an item, ``Webhooks.Ping`` calls the webhook, ``Settings.VerifySmtpSetting`` sends
a mail, and each ``Export`` starts a job of its own.
"""

from __future__ import annotations

from typing import Final

__all__ = ["HARMLESS"]

HARMLESS: Final = frozenset(
    {
        "Assets.GetRobotAssetByNameForRobotKey",
        "Calendars.CalendarExists",
        "Jobs.ValidateDynamicJob",
        "Jobs.ValidateExistingJob",
        "ProcessSchedules.ValidateProcessSchedule",
        "TestAutomation.GetTestCaseExecutionAttachments",
        "TestAutomation.GetTestSetExecutionAttachments",
    }
)
