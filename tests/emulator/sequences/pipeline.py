"""A build server that deploys and runs: UiPath's plugins for Jenkins and Azure DevOps, and scripts like them."""

from __future__ import annotations

import aiohttp

from uipath_odata.emulator.data.demo.packages import package

from .steps import ODATA, SOME, Step, get, post

RELEASES, JOBS = f"/odata/Releases/{ODATA}", f"/odata/Jobs/{ODATA}"


def upload(version):
    form = aiohttp.FormData()
    content = {"filename": f"Invoice.{version}.nupkg", "content_type": "application/octet-stream"}
    form.add_field("uploads", package("Invoice", version), **content)
    return form


START = {
    "startInfo": {
        "ReleaseKey": "$key",
        "Strategy": "ModernJobsCount",
        "JobsCount": 1,
        "RuntimeType": "Unattended",
        "InputArguments": '{"in_File": "a.pdf"}',
    }
}
ASSET = {"Name": "Url", "ValueScope": "Global", "ValueType": "Text", "StringValue": "https://test"}

STEPS = [
    get("$origin/orchestrator_/api/status/version", holds={"version": SOME}),
    get("/odata/Folders?$$filter=DisplayName eq 'Finance'&$$select=Id,DisplayName", holds={"value.0.Id": "$folder"}),
    post(f"/odata/Processes/{ODATA}UploadPackage", upload("1.0.0"), holds={"value.0.Status": "OK", "value.0.Key": "Invoice.1.0.0.nupkg"}),
    post(f"/odata/Processes/{ODATA}UploadPackage", upload("1.0.0"), 207, holds={"value.0.Status": "Conflict"}),
    get("/odata/Processes?$$filter=Id eq 'Invoice'", holds={"value.0.Version": "1.0.0"}),
    get(f"/odata/Processes/{ODATA}GetProcessVersions(processId='Invoice')", holds={"value.#": 1}),
    get("/odata/Releases?$$filter=ProcessKey eq 'Invoice'", holds={"value.#": 0}),
    post("/odata/Releases", {"Name": "Invoice", "ProcessKey": "Invoice", "ProcessVersion": "9.0.0"}, 404),
    post("/odata/Releases", {"Name": "Invoice", "ProcessKey": "Invoice", "ProcessVersion": "1.0.0"}, 201, {"release": "Id", "key": "Key"}),
    post(f"/odata/Processes/{ODATA}UploadPackage", upload("1.1.0"), holds={"value.0.Status": "OK"}),
    post(f"/odata/Releases($release)/{ODATA}UpdateToSpecificPackageVersion", {"packageVersion": "1.1.0"}),
    get("/odata/Releases($release)", holds={"ProcessVersion": "1.1.0"}),
    post(f"/odata/Releases($release)/{ODATA}RollbackToPreviousReleaseVersion"),
    post(f"/odata/Releases($release)/{ODATA}UpdateToLatestPackageVersion"),
    get(f"{RELEASES}ListReleases?$$filter=ProcessKey eq 'Invoice'&$$top=25", holds={"value.0.ProcessVersion": "1.1.0"}),
    post(f"{JOBS}ValidateDynamicJob", {"startInfo": START["startInfo"]}, holds={"IsValid": True}),
    post(f"{JOBS}StartJobs", START, 201, {"job": "value.0.Id", "job_key": "value.0.Key"}, holds={"value.#": 1}),
    get("/odata/Jobs($job)", holds={"State": "Pending", "InputArguments": '{"in_File": "a.pdf"}'}),
    get("/odata/Jobs?$$filter=(Key eq $job_key)&$$expand=Release,Robot", holds={"value.0.State": "Running", "value.0.Release.Name": "Invoice"}, days=2 / 86_400),
    get("/odata/Jobs($job)", holds={"State": "Successful", "StartTime": SOME, "EndTime": SOME}, days=1),
    get("/odata/RobotLogs?$$filter=JobKey eq $job_key&$$top=1000&$$orderby=TimeStamp", holds={"value.0.ProcessName": "Invoice"}),
    post(f"{JOBS}StartJobs", START, 201, {"job": "value.0.Id"}),
    post(f"{JOBS}StopJobs", {"jobIds": ["$job"], "strategy": "2"}, days=0),
    get("/odata/Jobs($job)", holds={"State": "Stopped"}),
    post(f"{JOBS}RestartJob", {"jobId": "$job"}, 200, {"again": "Id"}, holds={"State": "Pending"}),
    post(f"{JOBS}StopJobs", {"jobIds": ["$job"], "strategy": "SoftStop"}, 409),
    get("/odata/Assets?$$filter=Name eq 'Url'", holds={"value.#": 0}),
    post("/odata/Assets", ASSET, 201, {"asset": "Id"}),
    Step("PUT", "/odata/Assets($asset)", {**ASSET, "StringValue": "https://live"}),
    get("/odata/Assets($asset)", holds={"Value": "https://live"}),
    Step("DELETE", "/odata/Assets($asset)", status=204),
    Step("DELETE", "/odata/Processes('Invoice:1.1.0')", status=409),
    Step("DELETE", "/odata/Processes('Invoice:1.0.0')", status=204),
    Step("DELETE", "/odata/Releases($release)", status=204),
]  # fmt: skip
