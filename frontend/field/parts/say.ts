// One short sentence at the foot of the page, for some seconds; read aloud too.
import { reactive } from "vue";

export const said = reactive({ text: "" });
let ending: ReturnType<typeof setTimeout> | undefined;

export function say(text: string, seconds = 4): void {
  said.text = text;
  clearTimeout(ending);
  ending = setTimeout(() => {
    said.text = "";
  }, seconds * 1000);
}
