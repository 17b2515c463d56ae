// The field app begins: what the phone keeps is read, then the screen stands.
import "vite/modulepreload-polyfill";
import "./styles/field.css";
import { createApp } from "vue";
import App from "./App.vue";
import { openField } from "./core";
import { FIELD } from "./field";
import { watchInstall } from "./parts/install";
import { watchVersion } from "./parts/version";
import { router } from "./router";
import { applySettings } from "./settings";

watchInstall();
watchVersion();
const field = openField();
const ready = Promise.all([field.start(), applySettings()]);
const app = createApp(App).use(router).provide(FIELD, field);
void ready.then(() => app.mount("#field"));
