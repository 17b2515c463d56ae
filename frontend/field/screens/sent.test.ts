// @vitest-environment happy-dom
import "fake-indexeddb/auto";
import { mount } from "@vue/test-utils";
import { afterEach, expect, test, vi } from "vitest";
import { createMemoryHistory, createRouter } from "vue-router";
import { openField } from "../core";
import { FIELD } from "../field";
import Sent from "./Sent.vue";
import Snap from "./Snap.vue";

const field = openField({
  name: "sent",
  fetch: () => Promise.reject(new TypeError("no network")),
  language: () => "zh-Hans",
});
afterEach(() => field.stop());

test("a report that was taken back stands in the outbox and is opened from there, not a blank one", async () => {
  await field.start();
  const { id } = await field.draft("report", { given: { words: "井盖缺失" } });
  await field.send(id);
  await field.draft("report", { fresh: true });
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [
      { path: "/", name: "snap", component: Snap },
      { path: "/sent", name: "sent", component: Sent },
    ],
  });
  await router.push("/sent");
  const global = {
    plugins: [router],
    provide: { [FIELD as symbol]: field },
    stubs: { CameraView: true },
  };
  const sent = mount(Sent, { global });
  await sent.get("button.button").trigger("click");
  await vi.waitFor(() => expect(router.currentRoute.value.query).toEqual({ item: id }));
  expect(field.item(id)?.phase).toBe("draft");
  expect(sent.findAll(".item")).toHaveLength(1);
  await field.draft("report", { fresh: true });
  const snap = mount(Snap, { global });
  await vi.waitFor(() =>
    expect((snap.get("textarea").element as HTMLTextAreaElement).value).toBe("井盖缺失"),
  );
  snap.unmount();
  sent.unmount();
});
