// Photos coming into a draft, from the camera view and from files, one after the other.
import { ref } from "vue";
import type { Field, Item, Place } from "../core";
import { inWords } from "../field";

export function useIntake(
  field: Field,
  draft: () => Item | undefined,
  where: () => Place | null,
  most: () => number,
) {
  const adding = ref(0);
  const trouble = ref("");
  let line: Promise<void> = Promise.resolve();

  function take(files: Blob[], camera: boolean): Promise<void> {
    trouble.value = "";
    const place = where();
    adding.value += files.length;
    for (const file of files) {
      line = line.then(async () => {
        const item = draft();
        try {
          const name = file instanceof File ? file.name : "";
          if (item) await field.addPhoto(item.id, file, { camera, place, name });
        } catch (error) {
          trouble.value = inWords(error, { n: most() });
        } finally {
          adding.value -= 1;
        }
      });
    }
    return line;
  }
  return { adding, trouble, take };
}
