// UiPath's own TypeScript SDK against the emulator: each step is one of its methods, and says what it must give.
// It finds the emulator by EMULATOR_ORIGIN and UIPATH_ACCESS_TOKEN, and prints a line a step. All its public methods that talk
// to Orchestrator must have been called at the end.
import assert from "node:assert/strict";
import { Assets } from "@uipath/uipath-typescript/assets";
import { Attachments } from "@uipath/uipath-typescript/attachments";
import { Buckets } from "@uipath/uipath-typescript/buckets";
import { UiPath } from "@uipath/uipath-typescript/core";
import { Jobs } from "@uipath/uipath-typescript/jobs";
import { Processes } from "@uipath/uipath-typescript/processes";
import { Queues } from "@uipath/uipath-typescript/queues";
import { Tasks, TaskPriority } from "@uipath/uipath-typescript/tasks";

const folderPath = "Shared/Finance";
const folder = Number(process.env.EMULATOR_FOLDER);
const user = Number(process.env.EMULATOR_USER);
const sdk = new UiPath({
  baseUrl: process.env.EMULATOR_ORIGIN,
  orgName: "acme",
  tenantName: "Default",
  secret: process.env.UIPATH_ACCESS_TOKEN,
});
// What the classes inherit or keep for themselves; TypeScript's "private" leaves no trace in JavaScript.
const INNER = new Set(["constructor", "addDefaultExpand", "createPaginatedResponseFromResponse", "createPaginationServiceAccess",
  "delete", "determineHasMorePages", "downloadOutputFile", "get", "getByNameLookup", "getByTaskType", "getTaskByTypeEndpoint",
  "getValidAuthToken", "patch", "post", "preparePaginationRequestParams", "put", "request", "requestWithPagination",
  "requestWithSpec", "resolveJobKeys", "stopJobsByIds", "validateAndPreparePaginationParams"]);
const wanted = new Set();
const called = new Set();
const seen = (Service) => {
  for (let each = Service.prototype; each !== Object.prototype; each = Object.getPrototypeOf(each)) {
    for (const name of Object.getOwnPropertyNames(each)) {
      if (!INNER.has(name) && !name.startsWith("_")) wanted.add(`${Service.name}.${name}`);
    }
  }
  return new Proxy(new Service(sdk), {
    get(service, name) {
      called.add(`${Service.name}.${String(name)}`);
      const value = service[name];
      return typeof value === "function" ? value.bind(service) : value;
    },
  });
};
const [assets, attachments, buckets, jobs, processes, queues, tasks] =
  [Assets, Attachments, Buckets, Jobs, Processes, Queues, Tasks].map(seen);
const insert = (entity_set, row) =>
  fetch(`${process.env.EMULATOR_ORIGIN}/_emulator/insert`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ entity_set, rows: [row], folder }),
  });
let last = 1_000_000;
const jobOf = async (properties) => {
  const row = { Id: (last += 100), Key: crypto.randomUUID(), ReleaseName: "Bot", ...properties };
  assert.equal((await insert("Jobs", row)).status, 204);
  return row.Key;
};
const names = (list) => list.items.map((each) => each.name).sort();
const start = async () => (await processes.start({ processName: "Bot", inputArguments: '{"a":1}' }, folder))[0];
const task = () => tasks.create({ title: "Approve", priority: TaskPriority.High, data: { amount: 7 } }, folder);

const steps = {
  async assets_getAll() {
    assert.ok(names(await assets.getAll({ folderId: folder })).includes("Url"));
    assert.ok(names(await assets.getAll()).includes("Url"));
  },
  async assets_getAll_paged() {
    const page = await assets.getAll({ folderId: folder, pageSize: 1 });
    assert.equal(page.items.length, 1);
    assert.equal(page.hasNextPage, true);
    assert.ok((await assets.getAll({ folderId: folder, cursor: page.nextCursor })).items.length);
  },
  async assets_getAll_filtered() {
    assert.deepEqual(names(await assets.getAll({ folderId: folder, filter: "name eq 'Url'" })), ["Url"]);
  },
  async assets_getById() {
    const [{ id }] = (await assets.getAll({ folderId: folder, filter: "name eq 'Url'" })).items;
    assert.equal((await assets.getById(id, folder)).value, "https://acme");
  },
  async assets_getByName() {
    assert.equal((await assets.getByName("Url", { folderPath })).name, "Url");
  },
  async buckets_getAll() {
    assert.ok(names(await buckets.getAll({ folderId: folder })).includes("files"));
    assert.ok(names(await buckets.getAll()).includes("files"));
  },
  async buckets_files() {
    const [{ id }] = (await buckets.getAll({ folderId: folder, filter: "name eq 'files'" })).items;
    assert.equal((await buckets.getById(id, folder)).name, "files");
    const path = "ts/a+b c.txt";
    const uploaded = await buckets.uploadFile({ bucketId: id, folderId: folder, path, content: new Blob(["content"]) });
    assert.equal(uploaded.success, true);
    const { uri, headers } = await buckets.getReadUri({ bucketId: id, folderId: folder, path });
    assert.equal(await (await fetch(uri, { headers })).text(), "content");
    const listed = await buckets.getFileMetaData(id, folder, { prefix: "/ts" });
    assert.equal(listed.items.length, 1);
  },
  async processes_getAll() {
    assert.ok(names(await processes.getAll({ folderId: folder })).includes("Bot"));
    assert.ok(names(await processes.getAll()).includes("Bot"));
  },
  async processes_getById_and_name() {
    const { id } = await processes.getByName("Bot", { folderPath });
    assert.equal((await processes.getById(id, folder)).name, "Bot");
  },
  async processes_start() {
    const job = await start();
    assert.equal(job.state, "Pending");
  },
  async jobs_getAll() {
    const { key } = await start();
    assert.ok((await jobs.getAll({ folderId: folder })).items.some((each) => each.key === key));
    assert.ok((await jobs.getAll()).items.some((each) => each.key === key));
    assert.ok((await jobs.getAll({ folderId: folder, filter: "state eq 'Pending'", orderby: "creationTime desc", pageSize: 2 })).items.length);
  },
  async jobs_getById() {
    const { key } = await start();
    assert.equal((await jobs.getById(key, folder)).key, key);
  },
  async jobs_stop_and_restart() {
    const { key } = await start();
    await jobs.stop([key], folder);
    const stopped = await jobs.getById(key, folder);
    assert.equal(stopped.state, "Stopped");
    assert.notEqual((await jobs.restart(key, folder)).key, key);
  },
  async jobs_output() {
    const { key } = await start();
    for (let tries = 0; tries < 50; tries++) {
      if ((await jobs.getById(key, folder)).state === "Successful") break;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    assert.deepEqual(await jobs.getOutput(key, folder), { a: 1 });
  },
  async jobs_resume() {
    const key = await jobOf({ State: "Suspended" });
    await jobs.resume(key, folder, { inputArguments: { b: 2 } });
    assert.notEqual((await jobs.getById(key, folder)).state, "Suspended");
  },
  async jobs_act_for_themselves() {
    const ended = await jobs.getById(await jobOf({ State: "Successful", OutputArguments: '{"a":1}' }), folder);
    assert.deepEqual(await ended.getOutput(), { a: 1 });
    const running = await jobs.getById((await start()).key, folder);
    await running.stop();
    const stopped = await jobs.getById(running.key, folder);
    assert.equal(stopped.state, "Stopped");
    assert.notEqual((await stopped.restart()).key, running.key);
    const waiting = await jobs.getById(await jobOf({ State: "Suspended" }), folder);
    await waiting.resume();
  },
  async tasks_act_for_themselves() {
    const made = await tasks.getById((await task()).id, {}, folder);
    assert.equal((await made.assign({ userId: user })).success, true);
    assert.equal((await made.reassign({ userId: user })).success, true);
    assert.equal((await made.unassign()).success, true);
    await made.assign({ userId: user });
    assert.equal((await made.complete({ type: "ExternalTask", data: {}, action: "submit" })).success, true);
  },
  async lists_by_page_number() {
    for (let n = 0; n < 3; n++) await task();
    const second = await tasks.getAll({ folderId: folder, pageSize: 2, jumpToPage: 2 });
    assert.ok(second.items.length > 0);
    assert.equal(second.currentPage, 2);
    const page = await jobs.getAll({ folderId: folder, pageSize: 1 });
    assert.equal(page.supportsPageJump, true);
    assert.ok(page.totalCount >= 1);
  },
  async queues_getAll_and_getById() {
    const list = await queues.getAll({ folderId: folder });
    assert.ok(names(list).includes("Invoices"));
    assert.ok(names(await queues.getAll()).includes("Invoices"));
    assert.equal((await queues.getById(list.items[0].id, folder)).id, list.items[0].id);
  },
  async attachments_getById() {
    const base = `${process.env.UIPATH_URL}/orchestrator_/odata/Attachments`;
    const headers = { Authorization: `Bearer ${process.env.UIPATH_ACCESS_TOKEN}`, "Content-Type": "application/json" };
    const made = await (await fetch(base, { method: "POST", headers, body: JSON.stringify({ Name: "a.txt" }) })).json();
    const found = await attachments.getById(made.Id);
    assert.equal(found.name, "a.txt");
    assert.ok(found.blobFileAccess.uri);
  },
  async tasks_create() {
    const made = await task();
    assert.deepEqual([made.title, made.priority, made.type], ["Approve", "High", "ExternalTask"]);
    assert.equal(made.status, "Unassigned");
  },
  async tasks_getById() {
    const { id } = await task();
    assert.equal((await tasks.getById(id, {}, folder)).id, id);
    assert.equal((await tasks.getById(id)).id, id);
  },
  async tasks_getAll() {
    const { id } = await task();
    assert.ok((await tasks.getAll({ folderId: folder })).items.some((each) => each.id === id));
    assert.ok((await tasks.getAll()).items.some((each) => each.id === id));
    assert.ok((await tasks.getAll({ asTaskAdmin: true })).items.some((each) => each.id === id));
  },
  async tasks_assign_reassign_unassign() {
    const { id } = await task();
    for (const act of ["assign", "reassign"]) {
      const done = await tasks[act]({ taskId: id, userId: user });
      assert.equal(done.success, true, JSON.stringify(done));
    }
    assert.equal((await tasks.unassign(id)).success, true);
  },
  async tasks_complete() {
    const { id } = await task();
    await tasks.assign({ taskId: id, userId: user });
    const done = await tasks.complete({ type: "ExternalTask", taskId: id, data: { ok: true }, action: "submit" }, folder);
    assert.equal(done.success, true, JSON.stringify(done));
    assert.equal((await tasks.getById(id, {}, folder)).status, "Completed");
  },
  async tasks_getUsers() {
    assert.ok((await tasks.getUsers(folder)).items.some((each) => each.id === user));
  },
};

await sdk.initialize();
let failed = 0;
for (const [name, step] of Object.entries(steps)) {
  if (process.argv.length > 2 && !process.argv.includes(name)) continue;
  try {
    await step();
    console.log(`passed ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED ${name}: ${error.stack?.split("\n").slice(0, 4).join(" | ")}`);
  }
}
const missed = [...wanted].filter((name) => !called.has(name));
console.log(
  `${Object.keys(steps).length - failed} of ${Object.keys(steps).length} steps; ` +
    `${wanted.size - missed.length} of ${wanted.size} methods called${missed.length ? `; not ${missed.join(", ")}` : ""}`,
);
process.exit(failed || (missed.length && process.argv.length === 2) ? 1 : 0);
