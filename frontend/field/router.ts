// The camera comes with the app; every other screen is a piece of its own, loaded when it is opened.
import { createRouter, createWebHistory } from "vue-router";
import Snap from "./screens/Snap.vue";

export const router = createRouter({
  history: createWebHistory("/field/"),
  scrollBehavior: (_to, _from, kept) => kept ?? { top: 0 },
  routes: [
    { path: "/", name: "snap", component: Snap },
    { path: "/sent", name: "sent", component: () => import("./screens/Sent.vue") },
    { path: "/tasks", name: "tasks", component: () => import("./screens/Tasks.vue") },
    {
      path: "/tasks/:id",
      name: "task",
      component: () => import("./screens/TaskScreen.vue"),
      props: true,
    },
    { path: "/mine", name: "mine", component: () => import("./screens/Mine.vue") },
    { path: "/me", name: "me", component: () => import("./screens/Me.vue") },
    { path: "/:rest(.*)", name: "unknown", component: () => import("./screens/Unknown.vue") },
  ],
});
