import { Controller } from "@hotwired/stimulus";
import type { Drawing } from "../lib/maps";
import { pinShape } from "../lib/pinshape";
import { words } from "../lib/words";

/** A map of our own areas and points, drawn when it comes into view. Its list stands beside it. */
export default class extends Controller<HTMLElement> {
  static override targets = ["canvas", "wait", "caption"];
  static override values = {
    areas: String,
    points: String,
    base: String,
    label: String,
    lat: Number,
    lon: Number,
    zoom: { type: Number, default: 15 },
  };
  declare readonly canvasTarget: HTMLElement;
  declare readonly waitTarget: HTMLElement;
  declare readonly captionTarget: HTMLElement;
  declare areasValue: string;
  declare pointsValue: string;
  declare baseValue: string;
  declare labelValue: string;
  declare latValue: number;
  declare lonValue: number;
  declare zoomValue: number;
  declare readonly hasLatValue: boolean;
  private drawing: Drawing | undefined;
  private seen: IntersectionObserver | undefined;

  override connect(): void {
    this.seen = new IntersectionObserver((entries) => {
      if (entries.some((one) => one.isIntersecting)) void this.draw();
    });
    this.seen.observe(this.element);
  }

  override disconnect(): void {
    this.seen?.disconnect();
    this.drawing?.stop();
    this.drawing = undefined;
  }

  private async draw(): Promise<void> {
    this.seen?.disconnect();
    try {
      const { draw, Marker } = await import("../lib/maps");
      if (!this.element.isConnected) return;
      const centre: [number, number] | null = this.hasLatValue
        ? [this.lonValue, this.latValue]
        : null;
      const drawing = await draw({
        canvas: this.canvasTarget,
        areas: this.areasValue,
        points: this.pointsValue,
        base: this.baseValue,
        caption: this.captionTarget,
        label: this.labelValue,
        centre,
        zoom: this.zoomValue,
      });
      this.drawing = drawing;
      if (centre) {
        new Marker({ element: pinShape(), anchor: "bottom" }).setLngLat(centre).addTo(drawing.map);
      }
      this.listen(drawing);
      drawing.map.once("load", () => {
        this.waitTarget.hidden = true;
        this.element.dataset.ready = "true";
      });
    } catch {
      this.waitTarget.textContent = words("mapFailed");
    }
  }

  private listen({ map }: Drawing): void {
    map.on("click", "point", (event) => {
      const properties = event.features?.[0]?.properties ?? {};
      const asked = this.dispatch("point", { detail: properties, cancelable: true });
      if (!asked.defaultPrevented && properties.url) window.location.assign(properties.url);
    });
    map.on("click", "cluster", (event) => {
      map.easeTo({ center: event.lngLat, zoom: map.getZoom() + 2 });
    });
    for (const layer of ["point", "cluster"]) {
      map.on("mouseenter", layer, (event) => {
        map.getCanvas().style.cursor = "pointer";
        map.getCanvas().title = String(event.features?.[0]?.properties?.title ?? "");
      });
      map.on("mouseleave", layer, () => {
        map.getCanvas().style.cursor = "";
        map.getCanvas().title = "";
      });
    }
  }
}
