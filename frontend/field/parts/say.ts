// One short sentence at the foot of the page, for some seconds; read aloud too.
import { reactive } from "vue";

export const said = reactive({ text: "" });
let ending = 0;

export function say(text: string, seconds = 4): void {
  said.text = text;
  window.clearTimeout(ending);
  ending = window.setTimeout(() => {
    said.text = "";
  }, seconds * 1000);
}
