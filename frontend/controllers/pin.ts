import { Controller } from "@hotwired/stimulus";
import { around, circle, moved, type Place } from "../lib/geo";
import type { Drawing, GeoJSONSource } from "../lib/maps";
import { pinShape } from "../lib/pinshape";
import { words } from "../lib/words";

type Source = "photo" | "device" | "pin" | "search";
interface Found extends Place {
  name: string;
  area: string;
}

const NUDGE = 5;
const STRIDE = 50;
const ARROWS: Record<string, [number, number]> = {
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
};

/**
 * Where is it: a pin to drag, tap or move by arrow keys, the device's own place, a place by name,
 * or what the photo tells (event `pin:set` on this element). Writes WGS84 into plain inputs and
 * says so (event `pin:placed`).
 */
export default class extends Controller<HTMLElement> {
  static override targets = [
    "canvas", "wait", "caption", "lat", "lon", "accuracy", "source", "said", "search", "found", "here",
  ]; // biome-ignore format: one table
  static override values = { areas: String, search: String, base: String };
  declare readonly canvasTarget: HTMLElement;
  declare readonly waitTarget: HTMLElement;
  declare readonly captionTarget: HTMLElement;
  declare readonly latTarget: HTMLInputElement;
  declare readonly lonTarget: HTMLInputElement;
  declare readonly accuracyTarget: HTMLInputElement;
  declare readonly sourceTarget: HTMLInputElement;
  declare readonly saidTarget: HTMLElement;
  declare readonly searchTarget: HTMLInputElement;
  declare readonly foundTarget: HTMLElement;
  declare readonly hereTarget: HTMLButtonElement;
  declare readonly hasFoundTarget: boolean;
  declare areasValue: string;
  declare searchValue: string;
  declare baseValue: string;
  private drawing: Drawing | undefined;
  private marker: InstanceType<typeof import("../lib/maps")["Marker"]> | undefined;
  private asking = 0;
  private places: Found[] = [];
  private at = -1;

  override connect(): void {
    this.hereTarget.hidden = !("geolocation" in navigator) || !window.isSecureContext;
    this.element.addEventListener("pin:set", this.fromOutside);
    document.addEventListener("draft:restored", this.fromInputs);
    void this.draw();
  }

  override disconnect(): void {
    this.element.removeEventListener("pin:set", this.fromOutside);
    document.removeEventListener("draft:restored", this.fromInputs);
    this.drawing?.stop();
    this.drawing = undefined;
    this.marker = undefined;
  }

  /** "Use my location". */
  here(): void {
    this.say(words("placeLooking"));
    this.hereTarget.setAttribute("aria-busy", "true");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        this.hereTarget.removeAttribute("aria-busy");
        const metres = Math.round(coords.accuracy);
        const place = { lat: coords.latitude, lon: coords.longitude };
        if (this.far(place)) return this.say(words("phoneOutside"));
        this.place(place, "device", metres);
        this.say(words("placeFromPhone", { metres }));
      },
      () => {
        this.hereTarget.removeAttribute("aria-busy");
        this.say(words("placeDenied"));
      },
      { enableHighAccuracy: true, timeout: 10_000, maximumAge: 30_000 },
    );
  }

  seek(): void {
    window.clearTimeout(this.asking);
    this.asking = window.setTimeout(() => void this.ask(), 250);
  }

  choose(event: KeyboardEvent): void {
    if (event.key === "Escape") return this.close();
    if (event.key === "Enter") {
      event.preventDefault(); // Enter in the search never sends the form.
      const place = this.places[Math.max(this.at, 0)];
      if (place && !this.foundTarget.hidden) this.take(place);
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !this.places.length) return;
    event.preventDefault();
    this.at = (this.at + step + this.places.length) % this.places.length;
    this.mark();
  }

  leave(): void {
    window.setTimeout(() => this.close(), 150);
  }

  private async ask(): Promise<void> {
    const text = this.searchTarget.value.trim();
    if (!text) return this.close();
    try {
      const url = new URL(this.searchValue, window.location.href);
      url.searchParams.set("q", text);
      const answer = await fetch(url, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      this.places = ((await answer.json()) as { places: Found[] }).places;
    } catch {
      this.places = [];
      return this.say(words(navigator.onLine ? "failed" : "offline"));
    }
    this.at = -1;
    this.show();
  }

  private show(): void {
    this.foundTarget.replaceChildren(
      ...this.places.map((place, index) => {
        const option = document.createElement("div");
        option.setAttribute("role", "option");
        option.id = `${this.foundTarget.id}-${index}`;
        const area = document.createElement("small");
        area.className = "faint";
        area.textContent = place.area;
        option.append(place.name, area);
        option.addEventListener("mousedown", (event) => {
          event.preventDefault();
          this.take(place);
        });
        return option;
      }),
    );
    this.foundTarget.hidden = !this.places.length;
    this.searchTarget.setAttribute("aria-expanded", String(this.places.length > 0));
    const count = this.places.length;
    this.say(count ? words("found", { count }) : words("nothingFound"));
  }

  private mark(): void {
    for (const [index, option] of [...this.foundTarget.children].entries()) {
      option.setAttribute("aria-selected", String(index === this.at));
      if (index !== this.at) continue;
      option.scrollIntoView({ block: "nearest" });
      this.searchTarget.setAttribute("aria-activedescendant", option.id);
    }
  }

  private take(place: Found): void {
    this.searchTarget.value = place.name;
    this.close();
    this.place(place, "search");
  }

  private close(): void {
    if (!this.hasFoundTarget) return;
    this.foundTarget.hidden = true;
    this.searchTarget.setAttribute("aria-expanded", "false");
    this.searchTarget.removeAttribute("aria-activedescendant");
  }

  private fromOutside = (event: Event): void => {
    const { lat, lon, accuracy } = (event as CustomEvent<Place & { accuracy?: number }>).detail;
    const own = ["pin", "search", "device"].includes(this.sourceTarget.value);
    if (own && this.latTarget.value) return; // A person's own choice stands.
    if (this.far({ lat, lon })) return this.say(words("photoOutside"));
    this.place({ lat, lon }, "photo", accuracy ?? 0);
    this.say(words("placeFromPhoto"));
  };

  private fromInputs = (): void => {
    const place = this.current();
    if (place) this.shift(place, Number(this.accuracyTarget.value) || 0, true);
  };

  private current(): Place | null {
    const [lat, lon] = [this.latTarget.value, this.lonTarget.value].map((text) =>
      text.trim() ? Number(text) : Number.NaN,
    ) as [number, number];
    return Number.isFinite(lat) && Number.isFinite(lon) ? { lat, lon } : null;
  }

  /** So far out that the map would leave the district. */
  private far(place: Place): boolean {
    return this.drawing !== undefined && !around(this.drawing.areas, place);
  }

  private place(place: Place, source: Source, accuracy = 0): void {
    this.latTarget.value = place.lat.toFixed(6);
    this.lonTarget.value = place.lon.toFixed(6);
    this.accuracyTarget.value = accuracy ? String(accuracy) : "";
    this.sourceTarget.value = source;
    this.latTarget.dispatchEvent(new Event("change", { bubbles: true }));
    this.shift(place, accuracy, source !== "pin");
    if (source === "pin") {
      this.say(words("placeMoved", { lat: place.lat.toFixed(5), lon: place.lon.toFixed(5) }));
    }
    this.dispatch("placed", { detail: { ...place, accuracy, source } });
  }

  private shift(place: Place, accuracy: number, look: boolean): void {
    if (!this.drawing || !this.marker) return;
    const { map } = this.drawing;
    const source = this.sourceTarget.value;
    if ((source === "photo" || source === "device") && this.far(place)) {
      this.marker.remove();
      return this.say(words(source === "photo" ? "photoOutside" : "phoneOutside"));
    }
    this.marker.setLngLat([place.lon, place.lat]).addTo(map);
    this.ring(place, accuracy);
    if (!look) return;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    map.easeTo({
      center: [place.lon, place.lat],
      zoom: Math.max(map.getZoom(), 16),
      duration: still ? 0 : 200,
    });
  }

  private ring(place: Place, accuracy: number): void {
    const source = this.drawing?.map.getSource<GeoJSONSource>("accuracy");
    const features = accuracy > 0 ? [circle(place, accuracy)] : [];
    void source?.setData({ type: "FeatureCollection", features });
  }

  private async draw(): Promise<void> {
    try {
      const { draw, Marker } = await import("../lib/maps");
      if (!this.element.isConnected) return;
      const start = this.current();
      this.drawing = await draw({
        canvas: this.canvasTarget,
        areas: this.areasValue,
        points: "",
        base: this.baseValue,
        caption: this.captionTarget,
        label: words("pinMap"),
        centre: start ? [start.lon, start.lat] : null,
        zoom: 16,
        stay: true,
        more: (map, ink) => {
          map.addSource("accuracy", {
            type: "geojson",
            data: { type: "FeatureCollection", features: [] },
          });
          map.addLayer({
            id: "accuracy",
            type: "fill",
            source: "accuracy",
            paint: { "fill-color": ink.accent, "fill-opacity": 0.15 },
          });
          const now = this.current();
          if (now) this.ring(now, Number(this.accuracyTarget.value) || 0);
        },
      });
      this.ready(Marker);
    } catch {
      this.withoutMap();
    }
  }

  private ready(Marker: typeof import("../lib/maps")["Marker"]): void {
    const { map } = this.drawing as Drawing;
    const shape = pinShape();
    shape.tabIndex = 0;
    shape.setAttribute("role", "button");
    shape.addEventListener("keydown", (event) => this.nudge(event));
    this.marker = new Marker({ element: shape, anchor: "bottom", draggable: true });
    shape.setAttribute("aria-label", words("pinHelp"));
    this.marker.on("dragend", () => {
      const { lat, lng } = (this.marker as NonNullable<typeof this.marker>).getLngLat();
      this.place({ lat, lon: lng }, "pin");
    });
    map.on("click", ({ lngLat }) => this.place({ lat: lngLat.lat, lon: lngLat.lng }, "pin"));
    map.once("load", () => {
      this.waitTarget.hidden = true;
      this.element.dataset.ready = "true";
    });
    const start = this.current();
    if (start) this.shift(start, Number(this.accuracyTarget.value) || 0, false);
  }

  private nudge(event: KeyboardEvent): void {
    const way = ARROWS[event.key];
    const from = this.current();
    if (!way || !from) return;
    event.preventDefault();
    event.stopPropagation();
    const metres = event.shiftKey ? STRIDE : NUDGE;
    this.place(moved(from, way[0] * metres, way[1] * metres), "pin");
  }

  /** No WebGL: the two numbers, the device and the names still do. */
  private withoutMap(): void {
    this.waitTarget.textContent = words("mapFailed");
    for (const hidden of this.element.querySelectorAll(".without-js")) {
      hidden.classList.remove("without-js");
    }
  }

  private say(text: string): void {
    this.saidTarget.textContent = text;
  }
}
