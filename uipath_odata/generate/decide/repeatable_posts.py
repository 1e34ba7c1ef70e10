"""The POSTs that change nothing, reviewed one by one against the API guide and the schema.

They only read or check, so a read-only client may call them, and a request whose answer was lost may be sent again.
Five names sound harmless and are not: ``TestDataQueueActions.GetNextItem`` and ``Queues.StartTransaction`` take an
item, ``Webhooks.Ping`` calls the webhook, ``Settings.VerifySmtpSetting`` sends a mail, and each ``Export`` starts a
job.
"""

from __future__ import annotations

from typing import Final

__all__ = ["REPEATABLE_POSTS"]

REPEATABLE_POSTS: Final = frozenset(
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
